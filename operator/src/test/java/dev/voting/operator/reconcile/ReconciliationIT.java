package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.VotingAppOperator;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.reconcile.TestCluster.InMemory;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the operator does to a cluster: written against a client alone, so that the same tests run
 * in memory and on a real API server.
 */
class ReconciliationIT {

  /** What somebody broke is whole again by then. */
  private static final Duration PUT_BACK = Duration.ofSeconds(2);

  private static TestCluster cluster;
  private static KubernetesClient client;
  private VotingAppOperator operator;
  private final List<Subjects> subjects = new ArrayList<>();

  @BeforeAll
  static void startCluster() {
    cluster = TestCluster.start();
    client = cluster.client();
  }

  @AfterAll
  static void stopCluster() {
    client.close();
    cluster.close();
  }

  @BeforeEach
  void startOperator() {
    operator = start();
  }

  @AfterEach
  void stopOperator() {
    subjects.forEach(Subjects::cleanUp);
    operator.close();
  }

  private static VotingAppOperator start() {
    return VotingAppOperator.start(
        client,
        lost -> {
          throw new AssertionError("a watch was lost", lost);
        });
  }

  private Subjects subject() {
    var subject = new Subjects(cluster, client);
    subjects.add(subject);
    return subject;
  }

  private Subjects ready(String spec) {
    var subject = subject();
    subject.apply(spec);
    subject.awaitReady();
    return subject;
  }

  @Test
  void aVotingAppBecomesAWholeSystem() {
    var subject = ready("{}");
    var app = subject.app();
    assertThat(app.getMetadata().getFinalizers()).isEmpty();
    assertThat(app.getStatus().observedGeneration()).isEqualTo(app.getMetadata().getGeneration());
    assertThat(app.getStatus().url()).isEqualTo("http://voting.local");
    assertThat(app.getStatus().consumerJob()).isEqualTo(subject.jobs().getFirst());
    assertThat(app.getStatus().api().ready()).isEqualTo(1);
    assertThat(subject.condition("Degraded").orElseThrow().getStatus()).isEqualTo("False");
  }

  @Test
  void onceConvergedItFallsSilent() {
    var subject =
        ready(
            "{networkPolicies: {enabled: true}, frontend: {replicas: 2, autoscaling: {maxReplicas:"
                + " 3}}, api: {replicas: 2}, postgres: {resources: {limits: {cpu: '0.5', memory:"
                + " 512Mi}}}}");
    settle(subject);
    var before = subject.versions();
    if (cluster instanceof InMemory(var kubernetes)) {
      try (var log = kubernetes.record()) {
        letPass(Duration.ofSeconds(5));
        assertThat(log.all().stream().filter(request -> !request.watch())).isEmpty();
      }
    } else {
      letPass(Duration.ofSeconds(5));
    }
    assertThat(subject.versions()).isEqualTo(before);
  }

  @Test
  void whatSomebodyDeletesIsPutBack() {
    var subject = ready("{frontend: {replicas: 2}}");
    subject
        .blueprint()
        .objects()
        .filter(object -> !(object instanceof Namespace))
        .forEach(
            object -> {
              var uid = client.resource(object).get().getMetadata().getUid();
              client.resource(object).delete();
              await(ObjectKey.of(object) + " is put back")
                  .atMost(PUT_BACK)
                  .untilAsserted(
                      () ->
                          assertThat(client.resource(object).get())
                              .isNotNull()
                              .extracting(again -> again.getMetadata().getUid())
                              .isNotEqualTo(uid));
            });
    assertThat(subject.decoded(subject.names.dataNamespace()))
        .containsKeys(Names.POSTGRES_PASSWORD, Names.REDIS_PASSWORD);
  }

  @Test
  void whatSomebodyEditsIsPutBack() {
    var subject = ready("{}");
    subject
        .blueprint()
        .objects()
        .forEach(
            object -> {
              merge(
                  object,
                  "{\"metadata\":{\"labels\":{\"%s\":\"mine\"}}}"
                      .formatted("app.kubernetes.io/part-of"));
              await(ObjectKey.of(object) + " is put back")
                  .atMost(PUT_BACK)
                  .untilAsserted(
                      () ->
                          assertThat(client.resource(object).get().getMetadata().getLabels())
                              .containsEntry("app.kubernetes.io/part-of", "voting"));
            });
    var api = client.apps().deployments().inNamespace(subject.names.apiNamespace()).withName("api");
    merge(api.get(), "{\"spec\":{\"replicas\":7}}");
    await().atMost(PUT_BACK).until(() -> api.get().getSpec().getReplicas() == 1);
  }

  @Test
  void whatOthersOwnIsLeftAlone() {
    var subject = ready("{api: {autoscaling: {minReplicas: 2, maxReplicas: 5}}}");
    var api = client.apps().deployments().inNamespace(subject.names.apiNamespace()).withName("api");
    merge(
        api.get(),
        "{\"metadata\":{\"annotations\":{\"mesh.example.org/injected\":\"true\"}},"
            + "\"spec\":{\"replicas\":4,\"template\":{\"metadata\":{\"annotations\":{"
            + "\"kubectl.kubernetes.io/restartedAt\":\"2026-01-01T00:00:00Z\"}}}}}");
    // Something of ours changes, so that the operator applies this very object again.
    subject.apply("{api: {recordClient: false, autoscaling: {minReplicas: 2, maxReplicas: 5}}}");
    await()
        .atMost(Subjects.SOON)
        .until(
            () ->
                api
                    .get()
                    .getSpec()
                    .getTemplate()
                    .getSpec()
                    .getContainers()
                    .getFirst()
                    .getEnv()
                    .stream()
                    .anyMatch(
                        env ->
                            env.getName().equals("RECORD_CLIENT")
                                && env.getValue().equals("false")));
    assertThat(api.get().getMetadata().getAnnotations())
        .containsEntry("mesh.example.org/injected", "true");
    assertThat(api.get().getSpec().getReplicas()).isEqualTo(4);
    assertThat(api.get().getSpec().getTemplate().getMetadata().getAnnotations())
        .containsKey("kubectl.kubernetes.io/restartedAt");
  }

  @Test
  void aChangedSpecIsRolledOut() {
    var subject = ready("{}");
    var configuration = checksum(subject, "redis");
    subject.apply(
        "{api: {image: 'example.org/api:2', replicas: 3, resources: {limits: {memory: 1Gi}}},"
            + " redis: {maxMemory: 100mb}, exposure: {host: vote.example.org}}");
    var api = client.apps().deployments().inNamespace(subject.names.apiNamespace()).withName("api");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              var container =
                  api.get().getSpec().getTemplate().getSpec().getContainers().getFirst();
              assertThat(container.getImage()).isEqualTo("example.org/api:2");
              assertThat(container.getResources().getLimits()).containsOnlyKeys("memory");
              assertThat(api.get().getSpec().getReplicas()).isEqualTo(3);
              assertThat(checksum(subject, "redis")).isNotEqualTo(configuration);
              assertThat(hosts(subject)).containsOnly("vote.example.org");
            });
    subject.awaitReady();
    assertThat(subject.app().getStatus().url()).isEqualTo("http://vote.example.org");
  }

  @Test
  void aNewConsumerJobRunsBeforeTheOldOneGoes() {
    var subject = ready("{}");
    var old = subject.jobs().getFirst();
    subject.apply("{consumer: {batchSize: 50}}");
    await().atMost(Subjects.SOON).until(() -> subject.jobs().size() == 2);
    // The new one's pods are not ready yet: the old one must stay.
    letPass(Duration.ofSeconds(1));
    assertThat(subject.jobs()).contains(old);
    subject.awaitReady();
    await().atMost(Subjects.SOON).until(() -> !subject.jobs().contains(old));
    assertThat(subject.app().getStatus().consumerJob()).isEqualTo(subject.jobs().getFirst());
  }

  @Test
  void theConsumerMovesFromJobToDeploymentAndBack() {
    var subject = ready("{}");
    subject.apply("{consumer: {workload: Deployment}}");
    subject.awaitReady();
    await().atMost(Subjects.SOON).until(() -> subject.jobs().isEmpty());
    subject.apply("{consumer: {workload: Job}}");
    subject.awaitReady();
    await()
        .atMost(Subjects.SOON)
        .until(
            () ->
                all(Deployment.class, subject.names.consumerNamespace()).isEmpty()
                    && subject.jobs().size() == 1);
  }

  @Test
  void storageGrowsByGrowingTheClaimAndMakingTheStatefulSetAnew() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var subject = ready("{}");
    var data = subject.names.dataNamespace();
    var set = client.apps().statefulSets().inNamespace(data).withName("postgres");
    client
        .resource(
            new StorageClassBuilder()
                .withNewMetadata()
                .withName("growing")
                .endMetadata()
                .withProvisioner("example.org/volumes")
                .withAllowVolumeExpansion(true)
                .build())
        .serverSideApply();
    var template = set.get().getSpec().getVolumeClaimTemplates().getFirst();
    var bound =
        client
            .resource(
                new PersistentVolumeClaimBuilder(template)
                    .editMetadata()
                    .withName("data-postgres-0")
                    .withNamespace(data)
                    .endMetadata()
                    .editSpec()
                    .withStorageClassName("growing")
                    .endSpec()
                    .build())
            .create();
    merge(bound, "status", "{\"status\":{\"phase\":\"Bound\"}}");
    var uid = set.get().getMetadata().getUid();
    subject.apply("{postgres: {storage: {size: 3Gi}}}");
    var claim = client.persistentVolumeClaims().inNamespace(data).withName("data-postgres-0");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(claim.get().getSpec().getResources().getRequests().get("storage"))
                  .isEqualTo(new Quantity("3Gi"));
              assertThat(set.get()).isNotNull();
              assertThat(set.get().getMetadata().getUid()).isNotEqualTo(uid);
              assertThat(
                      set.get()
                          .getSpec()
                          .getVolumeClaimTemplates()
                          .getFirst()
                          .getSpec()
                          .getResources()
                          .getRequests())
                  .containsEntry("storage", new Quantity("3Gi"));
            });
    subject.awaitReady();
  }

  @Test
  void anAutoscalerTakesOverTheReplicasThatAreThere() {
    var subject = ready("{api: {replicas: 4}}");
    var api = client.apps().deployments().inNamespace(subject.names.apiNamespace()).withName("api");
    subject.apply("{api: {replicas: 4, autoscaling: {minReplicas: 2, maxReplicas: 6}}}");
    await()
        .atMost(Subjects.SOON)
        .until(() -> !all(HorizontalPodAutoscaler.class, subject.names.apiNamespace()).isEmpty());
    assertThat(api.get().getSpec().getReplicas()).isEqualTo(4);
    api.scale(5);
    subject.awaitReady();
    assertThat(api.get().getSpec().getReplicas()).isEqualTo(5);
  }

  @Test
  void whatTheSpecNoLongerWantsIsPruned() {
    var subject = ready("{}");
    subject.apply("{exposure: {type: None}, networkPolicies: {enabled: false}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              for (var namespace : subject.names.namespaces()) {
                assertThat(all(Ingress.class, namespace)).isEmpty();
                assertThat(all(NetworkPolicy.class, namespace)).isEmpty();
              }
            });
    subject.awaitReady();
    assertThat(subject.app().getStatus().url()).isNull();
  }

  @Test
  void othersObjectsAreNotPruned() {
    var subject = ready("{}");
    var theirs =
        new io.fabric8.kubernetes.api.model.ConfigMapBuilder()
            .withNewMetadata()
            .withName("theirs")
            .withNamespace(subject.names.dataNamespace())
            .addToLabels(Names.MANAGED_BY, Names.OPERATOR)
            .addToLabels(Names.INSTANCE, subject.name)
            .endMetadata()
            .build();
    client.resource(theirs).create();
    subject.apply("{exposure: {type: None}}");
    await()
        .atMost(Subjects.SOON)
        .until(() -> all(Ingress.class, subject.names.apiNamespace()).isEmpty());
    assertThat(client.resource(theirs).get()).isNotNull();
  }

  @Test
  void aPausedVotingAppIsReportedAndNotTouched() {
    var subject = ready("{}");
    subject.apply("{paused: true, api: {replicas: 3}}");
    subject.awaitCondition("Progressing", "False", "Paused");
    var api = client.apps().deployments().inNamespace(subject.names.apiNamespace()).withName("api");
    assertThat(api.get().getSpec().getReplicas()).isEqualTo(1);
    subject.apply("{paused: false, api: {replicas: 3}}");
    await().atMost(Subjects.SOON).until(() -> api.get().getSpec().getReplicas() == 3);
  }

  @Test
  void readyTurnsFalseWhenAPodIsLost() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var subject = ready("{}");
    var redis =
        client.apps().statefulSets().inNamespace(subject.names.dataNamespace()).withName("redis");
    redis
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"readyReplicas\":0}}");
    subject.awaitCondition("Ready", "False", "PodsNotReady");
    var since = subject.condition("RedisAvailable").orElseThrow().getLastTransitionTime();
    assertThat(since).isNotNull();
    assertThat(subject.condition("ApiAvailable").orElseThrow().getStatus()).isEqualTo("True");
    subject.makePodsReady();
    subject.awaitCondition("Ready", "True", "Available");
  }

  @Test
  void credentialsAreGeneratedOnceAndKeptOverRestarts() {
    var subject = ready("{}");
    var generated = subject.decoded(subject.names.dataNamespace());
    assertThat(generated.get(Names.POSTGRES_PASSWORD)).hasSizeGreaterThanOrEqualTo(32);
    operator.close();
    operator = start();
    subject.apply("{api: {replicas: 2}}");
    subject.awaitReady();
    assertThat(subject.decoded(subject.names.dataNamespace())).isEqualTo(generated);
  }

  @Test
  void theStoreOfCredentialsIsRestoredFromItsCopies() {
    var subject = ready("{}");
    var generated = subject.decoded(subject.names.dataNamespace());
    client
        .secrets()
        .inNamespace(subject.names.dataNamespace())
        .withName(Names.CREDENTIALS)
        .delete();
    await()
        .atMost(Subjects.SOON)
        .until(() -> subject.decoded(subject.names.dataNamespace()).equals(generated));
  }

  @Test
  void aRotatedPasswordRollsWhatReadsIt() {
    var subject = ready("{}");
    var before = checksum(subject, "postgres");
    merge(
        client
            .secrets()
            .inNamespace(subject.names.dataNamespace())
            .withName(Names.CREDENTIALS)
            .get(),
        "{\"stringData\":{\"POSTGRES_PASSWORD\":\"rotated\"}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(subject.decoded(subject.names.apiNamespace()).get(Names.DATABASE_URL))
                  .contains(":rotated@");
              assertThat(checksum(subject, "postgres")).isNotEqualTo(before);
            });
  }

  @Test
  void itWaitsForSecretsThatAreTheUsersAndNeverWritesThem() {
    var subject = subject();
    subject.apply("{secrets: {create: false}}");
    subject.awaitCondition("Ready", "False", "SecretMissing");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains("voting-secrets in namespace " + subject.names.dataNamespace())
        .contains(Names.POSTGRES_PASSWORD);
    secret(
        subject.names.dataNamespace(),
        Names.POSTGRES_USER,
        Names.POSTGRES_PASSWORD,
        Names.REDIS_PASSWORD);
    secret(subject.names.apiNamespace(), Names.DATABASE_URL, Names.REDIS_URL);
    secret(subject.names.consumerNamespace(), Names.DATABASE_URL, Names.REDIS_URL);
    await()
        .atMost(Subjects.SOON)
        .until(() -> !all(StatefulSet.class, subject.names.dataNamespace()).isEmpty());
    var theirs =
        client
            .secrets()
            .inNamespace(subject.names.dataNamespace())
            .withName(Names.CREDENTIALS)
            .get();
    assertThat(theirs.getMetadata().getLabels()).doesNotContainKey(Names.MANAGED_BY);
    var before = checksum(subject, "redis");
    merge(theirs, "{\"stringData\":{\"REDIS_PASSWORD\":\"another\"}}");
    await().atMost(Subjects.SOON).until(() -> !checksum(subject, "redis").equals(before));
  }

  @Test
  void externalServersReplaceTheOperatorsOwn() {
    var subject = ready("{}");
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("theirs")
                .withNamespace(subject.names.dataNamespace())
                .endMetadata()
                .addToStringData(Names.URI, "postgresql://u:p@db.example.org:5432/votes")
                .build())
        .create();
    subject.apply("{postgres: {external: {secretName: theirs}}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(all(StatefulSet.class, subject.names.dataNamespace()))
                  .extracting(set -> set.getMetadata().getName())
                  .containsExactly("redis");
              assertThat(subject.decoded(subject.names.apiNamespace()).get(Names.DATABASE_URL))
                  .isEqualTo("postgresql://u:p@db.example.org:5432/votes");
            });
  }

  @Test
  void aNamespaceOfSomebodyElseIsNeverTouched() {
    var subject = subject();
    var theirs =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(subject.names.apiNamespace())
            .endMetadata()
            .build();
    client.resource(theirs).create();
    var before = client.resource(theirs).get();
    subject.apply("{}");
    subject.awaitCondition("Ready", "False", "NamespaceConflict");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains(subject.names.apiNamespace());
    assertThat(client.resource(theirs).get()).isEqualTo(before);
    // Nothing is made beside it either.
    assertThat(client.namespaces().withName(subject.names.dataNamespace()).get()).isNull();
  }

  @Test
  void aRetainedVotingAppLeavesItsDataAndIsTakenUpAgain() {
    var subject = ready("{}");
    var credentials = subject.decoded(subject.names.dataNamespace());
    var data = client.namespaces().withName(subject.names.dataNamespace()).get();
    subject.delete();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(client.namespaces().withName(subject.names.apiNamespace()).get()).isNull();
              assertThat(client.namespaces().withName(subject.names.frontendNamespace()).get())
                  .isNull();
              assertThat(all(StatefulSet.class, subject.names.dataNamespace())).isEmpty();
            });
    assertThat(subject.decoded(subject.names.dataNamespace())).isEqualTo(credentials);
    subject.apply("{}");
    subject.awaitReady();
    assertThat(subject.decoded(subject.names.dataNamespace())).isEqualTo(credentials);
    assertThat(
            client
                .namespaces()
                .withName(subject.names.dataNamespace())
                .get()
                .getMetadata()
                .getUid())
        .isEqualTo(data.getMetadata().getUid());
  }

  @Test
  void aDeletedVotingAppLeavesNothingWhenToldSoEvenWithoutAnOperator() {
    var subject = ready("{deletionPolicy: Delete}");
    operator.close();
    subject.delete();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(subject.app()).isNull();
              for (var namespace : subject.names.namespaces()) {
                assertThat(client.namespaces().withName(namespace).get()).isNull();
              }
            });
    operator = start();
  }

  @Test
  void anEndedConsumerJobIsStartedAnew() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var subject = ready("{}");
    var job = client.resources(Job.class).inNamespace(subject.names.consumerNamespace());
    var first = job.withName(subject.jobs().getFirst()).get();
    merge(
        first,
        "status",
        "{\"status\":{\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\",\"reason\":"
            + "\"BackoffLimitExceeded\",\"lastTransitionTime\":\"%s\"}]}}"
                .formatted(java.time.Instant.now()));
    await()
        .atMost(Subjects.SOON)
        .until(
            () ->
                job.list().getItems().stream()
                    .anyMatch(
                        again ->
                            !again.getMetadata().getUid().equals(first.getMetadata().getUid())));
    subject.awaitReady();
    assertThat(
            client.v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(subject.name))
                .map(event -> event.getReason()))
        .contains("JobRestarted");
  }

  @Test
  void killedAtAnyPointItCarriesOn() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var kubernetes = ((InMemory) cluster).kubernetes();
    for (var written : List.of(0, 3, 6, 15, 30, 40)) {
      var subject = subject();
      var writes = new AtomicInteger();
      // From this write on, nothing that the operator wants comes about any more.
      kubernetes.failNext(
          request ->
              request.isWrite()
                  && !"test".equals(request.fieldManager())
                  && writes.incrementAndGet() > written,
          Integer.MAX_VALUE,
          403);
      subject.apply("{}");
      await().atMost(Subjects.SOON).until(() -> writes.get() > written);
      operator.close();
      kubernetes.clearFaults();
      operator = start();
      subject.awaitReady();
    }
  }

  @Test
  void manyAtOnceDoNotDisturbEachOther() {
    var many = new ArrayList<Subjects>();
    for (int i = 0; i < 20; i++) {
      var subject = subject();
      subject.apply("{}");
      many.add(subject);
    }
    many.forEach(Subjects::awaitReady);
    var passwords =
        many.stream()
            .map(subject -> subject.decoded(subject.names.dataNamespace()))
            .distinct()
            .count();
    assertThat(passwords).isEqualTo(many.size());
  }

  /** Waits until no object of a VotingApp has changed for a while. */
  private static void settle(Subjects subject) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              var before = subject.versions();
              letPass(Duration.ofSeconds(2));
              return subject.versions().equals(before);
            });
  }

  /** Silence can only be heard by listening for a time. */
  private static void letPass(Duration time) {
    var end = System.nanoTime() + time.toNanos();
    await()
        .pollInterval(Duration.ofMillis(200))
        .atMost(time.plusSeconds(5))
        .until(() -> System.nanoTime() >= end);
  }

  private static void merge(HasMetadata object, String patch) {
    client.resource(object).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private static void merge(HasMetadata object, String subresource, String patch) {
    client
        .resource(object)
        .subresource(subresource)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private static void secret(String namespace, String... keys) {
    var secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(Names.CREDENTIALS)
            .withNamespace(namespace)
            .endMetadata();
    for (var key : keys) {
      secret.addToStringData(key, "value-of-" + key);
    }
    client.resource(secret.build()).create();
  }

  private static <T extends HasMetadata> List<T> all(Class<T> kind, String namespace) {
    return client.resources(kind).inNamespace(namespace).list().getItems();
  }

  private static List<String> hosts(Subjects subject) {
    var hosts = new ArrayList<String>();
    for (var namespace : List.of(subject.names.apiNamespace(), subject.names.frontendNamespace())) {
      all(Ingress.class, namespace)
          .forEach(ingress -> hosts.add(ingress.getSpec().getRules().getFirst().getHost()));
    }
    return hosts;
  }

  private static String checksum(Subjects subject, String statefulSet) {
    return client
        .apps()
        .statefulSets()
        .inNamespace(subject.names.dataNamespace())
        .withName(statefulSet)
        .get()
        .getSpec()
        .getTemplate()
        .getMetadata()
        .getAnnotations()
        .get(Names.CHECKSUM);
  }
}
