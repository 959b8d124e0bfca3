package dev.voting.operator.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.crd.VotingAppCrd;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.client.Config;
import org.junit.jupiter.api.Test;

/** What a person reads who starts the operator too early, or at the wrong place. */
class ClusterIT {

  @Test
  void tellsInOneLineWhatIsWrong() {
    Config config;
    try (var kubernetes = InMemoryKubernetes.start();
        var client = kubernetes.client()) {
      config = kubernetes.config();
      assertFails(config, "does not know VotingApps: install crd/votingapps.voting.dev.yaml first");
      client.resource(VotingAppCrd.read()).create();
      assertThatCode(() -> Cluster.tryOut(config)).doesNotThrowAnyException();
      kubernetes.failNext(request -> true, 1, 401);
      assertFails(config, "refuses the credentials: renew them");
      kubernetes.failNext(request -> true, 1, 403);
      assertFails(config, "forbids to list VotingApps: install deploy/rbac.yaml");
    }
    assertFails(config, "cannot be reached: it refuses connections; does it run?");
  }

  private static void assertFails(Config config, String message) {
    assertThatThrownBy(() -> Cluster.tryOut(config))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("the cluster at " + config.getMasterUrl())
        .hasMessageEndingWith(message);
  }
}
