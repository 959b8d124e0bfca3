package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What docs/api.md says of the metrics. */
@ExtendWith(TestServers.class)
class MetricsIT {
  private final Servers servers;

  MetricsIT(Servers servers) {
    this.servers = servers;
  }

  @Test
  void theyCoverRequestsBatchesQueueStreamsBackendsAndTheJvm() throws Exception {
    try (TestApi api = TestApi.start(servers.redis().url(), servers.newDatabase()).awaitReady();
        EventStream stream = EventStream.open(api, "")) {
      stream.next();
      api.vote("cats");
      api.vote("birds");
      api.send("DELETE", "/api/vote", null);
      api.send("BREW", "/no/such/path?secret=1", null);

      HttpResponse<String> response = api.get("/metrics");
      assertThat(TestApi.header(response, "Content-Type").orElseThrow()).startsWith("text/plain");
      List<String> lines = response.body().lines().toList();
      assertThat(lines)
          .contains(
              requests("POST", "/api/vote", 201) + " 1",
              requests("POST", "/api/vote", 422) + " 1",
              requests("DELETE", "/api/vote", 405) + " 1",
              requests("other", "other", 404) + " 1",
              "vote_batch_size_count 1",
              "vote_batch_size_sum 1.0",
              "vote_batch_size_bucket{le=\"1.0\"} 1",
              "vote_batch_seconds_count 1",
              "vote_queue_length 0.0",
              "vote_queue_full_total 0.0",
              "results_streams 1.0",
              "redis_errors_total 0.0",
              "postgres_errors_total 0.0",
              "dependency_up{dependency=\"redis\"} 1.0",
              "dependency_up{dependency=\"postgres\"} 1.0",
              "dependency_up{dependency=\"server\"} 1.0");
      assertThat(response.body())
          .contains(
              "http_server_requests_seconds_bucket{method=\"POST\",route=\"/api/vote\","
                  + "status=\"201\",le=\"+Inf\"} 1")
          .contains(
              "jvm_memory_used_bytes{",
              "jvm_gc_pause_seconds_count{",
              "jvm_threads_",
              "process_cpu_usage")
          .doesNotContain("secret", "birds", "127.0.0.1");
    }
  }

  private static String requests(String method, String route, int status) {
    return "http_server_requests_seconds_count{method=\"%s\",route=\"%s\",status=\"%d\"}"
        .formatted(method, route, status);
  }

  @Test
  void theyCountErrorsOfTheBackends() throws Exception {
    try (TestApi api = TestApi.start("redis://127.0.0.1:1", "postgresql://x:x@127.0.0.1:1/votes")) {
      await()
          .untilAsserted(
              () ->
                  assertThat(api.get("/metrics").body())
                      .containsPattern("\nredis_errors_total [1-9]")
                      .containsPattern("\npostgres_errors_total [1-9]"));
    }
  }
}
