package dev.voting.operator.http;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/** Clients of a cluster, as the operator uses them. */
public final class Clients {

  /**
   * Within one request, for what is over at once, after 0.1, 0.2 and 0.4 s. For what lasts, the
   * operator tries the whole reconciliation again, says so in the status, and meanwhile keeps no
   * thread waiting.
   */
  private static final int REQUEST_RETRIES = 3;

  private Clients() {}

  /**
   * Makes a client.
   *
   * @param config of the caller's own, as it is changed
   * @return a client to be closed by the caller
   */
  public static KubernetesClient of(Config config) {
    config.setRequestRetryBackoffLimit(REQUEST_RETRIES);
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new PunctualHttpClientFactory())
        .build();
  }
}
