package dev.voting.operator.cli.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.run.Settings;
import dev.voting.operator.run.VotingAppOperator;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OperatorMetricsIT {

  private static final String NAME = "counted";

  @Test
  void countWithoutNamesAndLeaveTheStatusAsItIs() {
    try (var kubernetes = InMemoryKubernetes.start();
        var client = kubernetes.client();
        var metrics = new OperatorMetrics()) {
      client.resource(VotingAppCrd.read()).create();
      var app = new VotingApp();
      app.getMetadata().setName(NAME);
      // Refused for a while, as by RBAC.
      kubernetes.failNext(
          request -> request.method().equals("PATCH") && request.path().contains("/configmaps/"),
          Integer.MAX_VALUE,
          403);
      try (var operator =
          VotingAppOperator.start(
              client, new Settings(Optional.empty(), metrics.framework()), _ -> {})) {
        metrics.count(operator::apps);
        client.resource(app).create();
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () ->
                    assertThat(client.resources(VotingApp.class).withName(NAME).get().getStatus())
                        .isNotNull()
                        .asString()
                        .contains("Forbidden"));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertCounted(metrics.scrape()));
      }
    }
  }

  private static void assertCounted(String metrics) {
    assertThat(metrics)
        .contains("operator_sdk_reconciliations_failed_total{exception=\"RefusedException\"")
        .contains("operator_sdk_reconciliations_queue_size_votingapp{")
        .contains("operator_sdk_controllers_execution_reconcile_seconds_sum{")
        .contains("votingapps 1.0")
        .contains("votingapps_condition{status=\"False\",type=\"Ready\"} 1.0")
        .contains("votingapps_condition{status=\"True\",type=\"Ready\"} 0.0")
        .doesNotContain(NAME, "retries");
  }
}
