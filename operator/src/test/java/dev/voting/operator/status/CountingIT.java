package dev.voting.operator.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster.InMemory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** Whether votes are taken and counted, in memory, where a test says how the servers are. */
class CountingIT extends ClusterTests {

  @Test
  void aConsumerThatIsStoppedIsNoReadySystem() {
    var subject = ready("{}");
    subject.awaitCondition("Counting", "True", "Counting");
    subject.apply("{consumer: {replicas: 0}}");
    subject.awaitCondition("Ready", "False", "ConsumerStopped");
    subject.awaitCondition("Counting", "False", "ConsumerStopped");
    subject.awaitCondition("Progressing", "False", "Converged");
    assertThat(message(subject, "Ready")).contains("spec.consumer.replicas");
    subject.apply("{consumer: {replicas: 1}}");
    subject.awaitReady();
    subject.awaitCondition("Counting", "True", "Counting");
  }

  @Test
  void anApiThatIsStoppedIsNoReadySystem() {
    var subject = ready("{}");
    subject.apply("{api: {replicas: 0}}");
    subject.awaitCondition("Ready", "False", "ApiStopped");
    subject.awaitCondition("Counting", "True", "Counting");
    subject.apply("{api: {replicas: 1}}");
    subject.awaitReady();
  }

  @Test
  void aServerThatSomebodyScaledToNothingIsNoReadySystem() {
    var subject = ready("{}");
    subject.apply("{paused: true}");
    subject.awaitCondition("Progressing", "False", "Paused");
    scale(subject, 0);
    subject.awaitCondition("PostgresAvailable", "False", "ScaledToZero");
    subject.awaitCondition("Ready", "False", "ScaledToZero");
    subject.awaitCondition("Counting", "False", "PostgresUnavailable");
    subject.apply("{paused: false}");
    subject.awaitReady();
  }

  private static void scale(Subjects subject, int replicas) {
    client
        .apps()
        .statefulSets()
        .inNamespace(subject.names.dataNamespace())
        .withName(Names.POSTGRES)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"replicas\":%d}}".formatted(replicas));
  }

  @Test
  void votesWaitWhilePostgresqlIsAway() {
    onlyInMemory();
    var subject = ready("{}");
    report(server(subject, Names.POSTGRES), "{\"readyReplicas\":0}");
    subject.awaitCondition("Counting", "False", "PostgresUnavailable");
    assertThat(message(subject, "Counting")).contains("wait in the stream", "do not change");
    subject.awaitCondition("ApiAvailable", "True", "Available");
    report(server(subject, Names.POSTGRES), "{\"readyReplicas\":1}");
    subject.awaitCondition("Counting", "True", "Counting");
  }

  @Test
  void aRedisThatIsFullIsNamedAndComesBackByItself() {
    onlyInMemory();
    assertNamesTheFullOne(Names.REDIS, "RedisFull", "spec.redis.maxMemory");
  }

  @Test
  void aVolumeOfPostgresqlThatIsFullIsNamedAndComesBackByItself() {
    onlyInMemory();
    assertNamesTheFullOne(Names.POSTGRES, "DiskFull", "spec.postgres.storage.size");
  }

  @Test
  void whatStandsBesideAServerThatHasJustStartedSaysNothingYet() {
    onlyInMemory();
    var subject = ready("{}");
    var redis = server(subject, Names.REDIS);
    beside(redis, Names.REDIS, false, Instant.now());
    report(redis, "{\"readyReplicas\":0}");
    subject.awaitCondition("Ready", "False", "PodsNotReady");
    // Nothing happens but that time passes.
    subject.awaitCondition("Ready", "False", "RedisFull");
  }

  private void assertNamesTheFullOne(String component, String reason, String field) {
    var subject = ready("{}");
    var server = server(subject, component);
    beside(server, component, false, Instant.now().minusSeconds(60));
    report(server, "{\"readyReplicas\":0}");
    subject.awaitCondition("Ready", "False", reason);
    subject.awaitCondition("Degraded", "True", reason);
    assertThat(message(subject, "Ready")).contains(field);
    subject.awaitCondition(
        "Counting",
        component.equals(Names.REDIS) ? "True" : "False",
        component.equals(Names.REDIS) ? "Counting" : "PostgresUnavailable");

    beside(server, component, true, Instant.now().minusSeconds(60));
    report(server, "{\"readyReplicas\":1}");
    subject.awaitCondition("Ready", "True", "Available");
    subject.awaitCondition("Counting", "True", "Counting");
  }

  private static StatefulSet server(Subjects subject, String component) {
    return client
        .apps()
        .statefulSets()
        .inNamespace(subject.names.dataNamespace())
        .withName(component)
        .get();
  }

  /** A server that answers, and whether the container beside it is ready. */
  private static void beside(StatefulSet set, String component, boolean ready, Instant startedAt) {
    var status =
        "{\"name\":\"%s\",\"image\":\"x\",\"imageID\":\"x\",\"restartCount\":0,\"ready\":%s,\"state\":{\"running\":{\"startedAt\":\"%s\"}}}";
    var at = startedAt.truncatedTo(ChronoUnit.SECONDS);
    report(
        cluster.pod(client, set),
        "{\"phase\":\"Running\",\"containerStatuses\":[%s,%s]}"
            .formatted(
                status.formatted(component, true, at), status.formatted("reload", ready, at)));
  }

  private static void report(HasMetadata object, String status) {
    merge(object, "status", "{\"status\":%s}".formatted(status));
  }

  private static String message(Subjects subject, String type) {
    return subject.condition(type).orElseThrow().getMessage();
  }

  private static void onlyInMemory() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
  }
}
