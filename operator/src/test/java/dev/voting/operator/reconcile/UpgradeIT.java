package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Each way to change a running VotingApp: what changes, and what must not. */
class UpgradeIT extends ClusterTests {

  @Test
  void anImageRollsItsOwnPodsAlone() {
    var subject = ready("{}");
    var changed = changedBy(subject, "{api: {image: 'example.org/api:2'}}");
    assertThat(changed).containsOnlyKeys("api");
    assertThat(changed.get("api").getSpec().getContainers().getFirst().getImage())
        .isEqualTo("example.org/api:2");
  }

  @Test
  void resourcesAreReplacedAsAWhole() {
    var subject = ready("{}");
    var changed = changedBy(subject, "{redis: {resources: {limits: {memory: 1Gi}}}}");
    assertThat(changed).containsOnlyKeys("redis");
    var resources = changed.get("redis").getSpec().getContainers().getFirst().getResources();
    assertThat(resources.getLimits()).containsExactly(Map.entry("memory", new Quantity("1Gi")));
    assertThat(resources.getRequests())
        .satisfiesAnyOf(
            requests -> assertThat(requests).isNullOrEmpty(),
            // The API server's own default.
            requests -> assertThat(requests).containsOnlyKeys("memory"));
  }

  @Test
  void replicasRollNothing() {
    var subject = ready("{}");
    var templates = templates(subject);
    subject.apply("{api: {replicas: 3}, frontend: {replicas: 2}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(
                        all(Deployment.class, subject.names.apiNamespace())
                            .getFirst()
                            .getSpec()
                            .getReplicas())
                    .isEqualTo(3));
    subject.awaitReady();
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> assertThat(subject.app().getStatus().frontend().desired()).isEqualTo(2));
    assertThat(templates(subject)).isEqualTo(templates);
  }

  /** Who waits for Ready after a change must not see the pods from before it. */
  @Test
  void noStatusOfTheNewSpecIsReadyBeforeThePodsAre() {
    var subject = ready("{}");
    var statuses = new ConcurrentLinkedQueue<VotingApp>();
    try (var _ =
        client
            .resources(VotingApp.class)
            .withName(subject.name)
            .watch(
                new Watcher<>() {
                  @Override
                  public void eventReceived(Action action, VotingApp app) {
                    statuses.add(app);
                  }

                  @Override
                  public void onClose(WatcherException cause) {}
                })) {
      subject.apply(
          "{api: {image: 'example.org/api:2'}, frontend: {image: 'example.org/nginx:2'}}");
      var generation = subject.app().getMetadata().getGeneration();
      await()
          .atMost(Subjects.SOON)
          .untilAsserted(
              () ->
                  assertThat(statuses)
                      .anyMatch(app -> generation.equals(app.getStatus().observedGeneration())));
      // The reason is what keeps the new pods, which on a cluster is more than that they roll out.
      await()
          .atMost(Subjects.SOON)
          .untilAsserted(
              () ->
                  assertThat(subject.condition("Ready"))
                      .get()
                      .extracting(Condition::getStatus)
                      .isEqualTo("False"));
      assertThat(statuses)
          .filteredOn(app -> generation.equals(app.getStatus().observedGeneration()))
          .noneMatch(
              app ->
                  app.getStatus().conditions().stream()
                      .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True")));
    }
  }

  @Test
  void configurationRollsWhatReadsIt() {
    var subject = ready("{}");
    var before = checksum(subject, "redis");
    var changed = changedBy(subject, "{redis: {maxMemory: 100mb}}");
    assertThat(changed).containsOnlyKeys("redis");
    assertThat(checksum(subject, "redis")).isNotEqualTo(before);
  }

  @Test
  void theHostChangesInPlace() {
    var subject = ready("{}");
    var templates = templates(subject);
    subject.apply("{exposure: {host: vote.example.org}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(hosts(subject)).hasSize(3).containsOnly("vote.example.org");
              assertThat(subject.app().getStatus().url()).isEqualTo("http://vote.example.org");
            });
    assertThat(templates(subject)).isEqualTo(templates);
  }

  @Test
  void networkPoliciesGoAndComeBack() {
    var subject = ready("{}");
    var before = policies(subject);
    assertThat(before).isNotEmpty();
    subject.apply("{networkPolicies: {enabled: false}}");
    await().atMost(Subjects.SOON).until(() -> policies(subject).isEmpty());
    subject.apply("{networkPolicies: {enabled: true}}");
    await().atMost(Subjects.SOON).until(() -> policies(subject).equals(before));
  }

  @Test
  void aNewConsumerJobConsumesBeforeTheOldOneGoes() {
    var subject = ready("{}");
    var old = subject.jobs().getFirst();
    var atItsEnd = new ConcurrentLinkedQueue<List<HasMetadata>>();
    try (var _ = onDeletion(Job.class, subject, atItsEnd)) {
      subject.apply("{consumer: {batchSize: 50}}");
      await()
          .atMost(Subjects.SOON)
          .until(() -> subject.jobs().stream().anyMatch(job -> !job.equals(old)));
      subject.awaitReady();
      await().atMost(Subjects.SOON).until(() -> !subject.jobs().contains(old));
      await("the watch's word of it").atMost(Subjects.SOON).until(() -> !atItsEnd.isEmpty());
    }
    assertSomeoneConsumed(atItsEnd);
    assertThat(subject.jobs()).singleElement().isNotEqualTo(old);
    assertThat(subject.app().getStatus().consumerJob()).isEqualTo(subject.jobs().getFirst());
  }

  @Test
  void theConsumerMovesFromJobToDeploymentAndBackWithoutAGap() {
    var subject = ready("{}");
    var atItsEnd = new ConcurrentLinkedQueue<List<HasMetadata>>();
    try (var _ = onDeletion(Job.class, subject, atItsEnd);
        var _ = onDeletion(Deployment.class, subject, atItsEnd)) {
      subject.apply("{consumer: {workload: Deployment}}");
      subject.awaitReady();
      await().atMost(Subjects.SOON).until(() -> subject.jobs().isEmpty());
      assertThat(subject.app().getStatus().consumerJob()).isNull();
      subject.apply("{consumer: {workload: Job}}");
      subject.awaitReady();
      await()
          .atMost(Subjects.SOON)
          .until(
              () ->
                  all(Deployment.class, subject.names.consumerNamespace()).isEmpty()
                      && subject.jobs().size() == 1);
      await("the watches' word of it").atMost(Subjects.SOON).until(() -> atItsEnd.size() > 1);
    }
    assertSomeoneConsumed(atItsEnd);
  }

  @Test
  void anExternalPostgresReplacesTheOperatorsOwnOnceItsClientsHaveMoved() {
    assertReplaced("postgres", Names.DATABASE_URL, "postgresql://u:p@db.example.org:5432/votes");
  }

  @Test
  void anExternalRedisReplacesTheOperatorsOwnOnceItsClientsHaveMoved() {
    assertReplaced("redis", Names.REDIS_URL, "redis://u:p@redis.example.org:6379");
  }

  private void assertReplaced(String server, String key, String uri) {
    var subject = ready("{}");
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("theirs")
                .withNamespace(subject.names.dataNamespace())
                .endMetadata()
                .addToStringData(Names.URI, uri)
                .build())
        .create();
    var uris = new ConcurrentLinkedQueue<List<HasMetadata>>();
    try (var _ = onDeletion(StatefulSet.class, subject, uris)) {
      subject.apply("{%s: {external: {secretName: theirs}}}".formatted(server));
      await()
          .atMost(Subjects.SOON)
          .until(() -> uri.equals(subject.decoded(subject.names.apiNamespace()).get(key)));
      subject.awaitReady();
      await()
          .atMost(Subjects.SOON)
          .untilAsserted(
              () ->
                  assertThat(all(StatefulSet.class, subject.names.dataNamespace()))
                      .extracting(set -> set.getMetadata().getName())
                      .hasSize(1)
                      .doesNotContain(server));
      await("the watch's word of it").atMost(Subjects.SOON).until(() -> !uris.isEmpty());
    }
    assertThat(uris)
        .as("at the end of the server all that reads %s was ready without it", key)
        .singleElement()
        .satisfies(
            workloads -> assertThat(workloads).isNotEmpty().allMatch(Availability::isAvailable));
  }

  @Test
  void theDeletionPolicyChangesBothWays() {
    var subject = ready("{}");
    var data = client.namespaces().withName(subject.names.dataNamespace());
    subject.apply("{deletionPolicy: Delete}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(data.get().getMetadata().getOwnerReferences())
                    .singleElement()
                    .extracting(owner -> owner.getUid())
                    .isEqualTo(subject.app().getMetadata().getUid()));
    subject.apply("{deletionPolicy: Retain}");
    await()
        .atMost(Subjects.SOON)
        .until(() -> data.get().getMetadata().getOwnerReferences().isEmpty());
  }

  /** The pod templates that a change of the spec changes, once it is rolled out. */
  private static Map<String, PodTemplateSpec> changedBy(Subjects subject, String spec) {
    var before = templates(subject);
    subject.apply(spec);
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(templates(subject)).isNotEqualTo(before));
    subject.awaitReady();
    var changed = new TreeMap<>(templates(subject));
    changed.entrySet().removeAll(before.entrySet());
    return changed;
  }

  /** Notes, when a workload goes, how all that use the servers were at that moment. */
  private static <T extends HasMetadata> Watch onDeletion(
      Class<T> kind, Subjects subject, Queue<List<HasMetadata>> notes) {
    var namespace =
        kind == StatefulSet.class
            ? subject.names.dataNamespace()
            : subject.names.consumerNamespace();
    return client
        .resources(kind)
        .inNamespace(namespace)
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, T object) {
                if (action == Action.DELETED) {
                  notes.add(subject.users());
                }
              }

              @Override
              public void onClose(WatcherException cause) {
                // The test would see that nothing was noted.
              }
            });
  }

  private static void assertSomeoneConsumed(Queue<List<HasMetadata>> atItsEnd) {
    assertThat(atItsEnd)
        .isNotEmpty()
        .allSatisfy(
            workloads ->
                assertThat(workloads)
                    .filteredOn(w -> w.getMetadata().getNamespace().endsWith("-consumer"))
                    .anyMatch(Availability::isAvailable));
  }

  private static List<String> policies(Subjects subject) {
    return subject.names.namespaces().stream()
        .flatMap(namespace -> all(NetworkPolicy.class, namespace).stream())
        .map(policy -> policy.getMetadata().getNamespace() + "/" + policy.getMetadata().getName())
        .sorted()
        .toList();
  }

  private static List<String> hosts(Subjects subject) {
    return subject.names.namespaces().stream()
        .flatMap(namespace -> all(Ingress.class, namespace).stream())
        .map(ingress -> ingress.getSpec().getRules().getFirst().getHost())
        .toList();
  }
}
