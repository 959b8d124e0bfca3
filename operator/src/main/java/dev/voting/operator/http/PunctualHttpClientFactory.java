package dev.voting.operator.http;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.time.Duration;

/**
 * Makes the HTTP clients of the Kubernetes client. The JDK's time-out of a request ends with the
 * head of its answer, and nobody asks a silent watch whether it still lives: here both are fixed,
 * beneath the Kubernetes client and the framework, and so for all that they ask.
 */
public final class PunctualHttpClientFactory extends JdkHttpClientFactory {

  /** As the Go client does: a watch of which nothing is heard is asked, and given up in time. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Duration silence;

  /** Makes a factory. */
  public PunctualHttpClientFactory() {
    this(SILENCE);
  }

  /**
   * @param silence how often a WebSocket must show that it lives
   */
  PunctualHttpClientFactory(Duration silence) {
    this.silence = silence;
  }

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return new PunctualHttpClientBuilder(super.createNewHttpClientBuilder(), silence);
  }
}
