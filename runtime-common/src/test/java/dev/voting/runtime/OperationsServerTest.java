package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperationsServerTest {
  private final AtomicReference<Optional<String>> alive = new AtomicReference<>(Optional.empty());
  private final AtomicReference<Optional<String>> redis = new AtomicReference<>(Optional.empty());
  private final HttpClient client = HttpClient.newHttpClient();
  private OperationsServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        new OperationsServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Metrics.registry(),
            alive::get,
            Map.of("redis", redis::get, "postgres", Optional::empty));
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  @Test
  void isReadyUntilADependencyIsNotAndSaysWhich() throws Exception {
    assertThat(get("/ready").statusCode()).isEqualTo(200);
    redis.set(Optional.of("\"refused\"\n\\"));

    HttpResponse<String> answer = get("/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo(
            "{\"status\":\"unavailable\",\"postgres\":\"ok\",\"redis\":\"\\\"refused\\\" \\\\\"}");
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void probesDoNotWaitForVirtualThreads_ofWhichThereMayBeThousands() throws Exception {
    AtomicReference<Boolean> virtual = new AtomicReference<>();
    try (OperationsServer own =
        new OperationsServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Metrics.registry(),
            () -> {
              virtual.set(Thread.currentThread().isVirtual());
              return Optional.empty();
            },
            Map.of())) {
      URI health = URI.create("http://127.0.0.1:" + own.port() + "/health");
      client.send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.discarding());
    }
    assertThat(virtual.get()).isFalse();
  }

  @Test
  void isHealthyUntilTheProcessIsNot() throws Exception {
    alive.set(Optional.of("ended"));
    assertThat(get("/health").statusCode()).isEqualTo(503);
  }

  @Test
  void tellsMetrics() throws Exception {
    HttpResponse<String> answer = get("/metrics");
    assertThat(answer.headers().firstValue("Content-Type")).contains(Metrics.CONTENT_TYPE);
    assertThat(answer.body()).contains("jvm_memory_used_bytes{", "process_uptime_seconds ");
  }

  @Test
  void answersNothingElse() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/healthy").statusCode()).isEqualTo(404);
    assertThat(send("POST", "/health").statusCode()).isEqualTo(405);
    assertThat(send("HEAD", "/health").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path);
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
