package dev.voting.operator.interruptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.run.LeaseLostException;
import dev.voting.operator.run.Settings;
import dev.voting.operator.run.Settings.LeaderElection;
import dev.voting.operator.run.VotingAppOperator;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Several operators of which one acts. Only on a real API server, because the one in memory does
 * not review rights, which the election begins with.
 */
@EnabledIfSystemProperty(named = "cluster", matches = "kubeconfig")
class LeaderElectionIT {

  /** A regular stop hands the Lease over, well before it would expire. */
  private static final Duration HANDED_OVER = Duration.ofSeconds(10);

  private final TestCluster cluster = TestCluster.start();

  @Test
  void oneActsAndAnotherTakesOver() {
    try (cluster;
        var client = cluster.client()) {
      var subject = new Subjects(cluster, client);
      var namespace = subject.name + "-system";
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
      var lost = new AtomicReference<Throwable>();
      try {
        VotingAppOperator second;
        try (var _ = start(client, namespace, "first", new AtomicReference<>())) {
          awaitHolder(client, namespace, "first");
          second = start(client, namespace, "second", lost);
          assertThat(second.brokenWatches()).isEmpty();
          assertThat(holder(client, namespace)).isEqualTo("first");
        }
        try (second) {
          await("the second leads")
              .atMost(HANDED_OVER)
              .until(() -> "second".equals(holder(client, namespace)));
          subject.apply("{}");
          subject.awaitReady();
          take(client, namespace);
          await("the second has noticed")
              .atMost(Subjects.SOON)
              .untilAsserted(() -> assertThat(lost.get()).isInstanceOf(LeaseLostException.class));
        }
        assertThat(holder(client, namespace)).isEqualTo("somebody else");
      } finally {
        subject.cleanUp();
        client.namespaces().withName(namespace).delete();
      }
    }
  }

  private static VotingAppOperator start(
      KubernetesClient client, String namespace, String name, AtomicReference<Throwable> lost) {
    return VotingAppOperator.start(
        client,
        new Settings(Optional.of(new LeaderElection(namespace, name)), Metrics.NOOP),
        lost::set);
  }

  private static void awaitHolder(KubernetesClient client, String namespace, String name) {
    await(name + " leads")
        .atMost(Subjects.SOON)
        .until(() -> name.equals(holder(client, namespace)));
  }

  private static String holder(KubernetesClient client, String namespace) {
    return Optional.ofNullable(lease(client, namespace))
        .map(lease -> lease.getSpec().getHolderIdentity())
        .orElse("");
  }

  private static Lease lease(KubernetesClient client, String namespace) {
    return client.resources(Lease.class).inNamespace(namespace).withName(Names.OPERATOR).get();
  }

  private static void take(KubernetesClient client, String namespace) {
    var lease = lease(client, namespace);
    lease.getSpec().setHolderIdentity("somebody else");
    lease.getSpec().setLeaseDurationSeconds(60);
    lease.getSpec().setRenewTime(ZonedDateTime.now(ZoneOffset.UTC));
    client.resource(lease).patch(PatchContext.of(PatchType.JSON_MERGE));
  }
}
