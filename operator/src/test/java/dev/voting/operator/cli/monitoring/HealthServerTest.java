package dev.voting.operator.cli.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.operator.cli.monitoring.HealthServer.Health;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthServerTest {

  @Test
  void answersProbes() throws Exception {
    var ready = new AtomicReference<>(new Health(false, "starting"));
    try (var metrics = new OperatorMetrics();
        var server =
            HealthServer.start(0, () -> new Health(true, "alive"), ready::get, metrics::scrape)) {
      assertThat(get(server, "/healthz")).isEqualTo("200 alive\n");
      assertThat(get(server, "/readyz")).isEqualTo("503 starting\n");
      ready.set(new Health(true, "ready"));
      assertThat(get(server, "/readyz")).isEqualTo("200 ready\n");
      assertThat(get(server, "/metrics")).startsWith("200 ").contains("jvm_memory_used_bytes{");
      assertThat(get(server, "/readyz/more")).startsWith("404 ");
      assertThat(get(server, "/")).startsWith("404 ");
      assertThat(send(server, "/readyz", "POST")).startsWith("405 ");
    }
  }

  @Test
  void tellsOfAPortInUse() throws IOException {
    try (var server = HealthServer.start(0, () -> null, () -> null, () -> null)) {
      assertThatThrownBy(
              () -> HealthServer.start(server.port(), () -> null, () -> null, () -> null))
          .isInstanceOf(IOException.class)
          .hasMessage("port " + server.port() + " is in use: choose another with --health-port");
    }
  }

  private static String get(HealthServer server, String path) throws Exception {
    return send(server, path, "GET");
  }

  private static String send(HealthServer server, String path, String method) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("http://localhost:%d%s".formatted(server.port(), path)))
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    }
  }
}
