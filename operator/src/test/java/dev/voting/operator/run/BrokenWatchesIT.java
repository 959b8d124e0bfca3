package dev.voting.operator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingAppCrd;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What {@code /readyz} reports. */
class BrokenWatchesIT {

  @Test
  void areReportedWhileTheApiServerIsAway() {
    var kubernetes = InMemoryKubernetes.start();
    try (var client = kubernetes.client()) {
      client.resource(VotingAppCrd.read()).create();
      try (var operator = VotingAppOperator.start(client, _ -> {})) {
        var before = operator.brokenWatches();
        kubernetes.close();
        assertThat(before).isEmpty();
        await()
            .atMost(Duration.ofSeconds(10))
            .untilAsserted(() -> assertThat(operator.brokenWatches()).contains("Pod", "Secret"));
      }
    }
  }
}
