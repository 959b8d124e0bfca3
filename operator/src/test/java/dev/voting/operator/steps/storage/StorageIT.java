package dev.voting.operator.steps.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Kept;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.PostgresReport;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The claims of PostgreSQL and Redis, and the data in them. */
class StorageIT extends ClusterTests {

  @Test
  void storageGrowsByGrowingTheClaimAndReCreatingTheStatefulSet() {
    var subject = readyOn(storageClass(true));
    var set = set(subject);
    var uid = set.get().getMetadata().getUid();
    subject.apply(withClass(true, "size: 3Gi"));
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(size(claim(subject).get())).isEqualTo(new Quantity("3Gi"));
              var now = set.get();
              assertThat(now).isNotNull();
              assertThat(now.getMetadata().getUid()).isNotEqualTo(uid);
              assertThat(
                      now.getSpec()
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
  void storageThatCannotGrowIsReportedAndKeepsNothingElseFromChanging() {
    var subject = readyOn(storageClass(false));
    var uid = set(subject).get().getMetadata().getUid();
    subject.apply(withClass(false, "size: 3Gi").replace("}}}", "}, image: 'postgres:15.99'}}"));
    subject.awaitCondition("Degraded", "True", "StorageGrowthRefused");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains(
            "allowVolumeExpansion: true",
            "set spec.postgres.storage.size back to 1Gi",
            "data-postgres-0");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(image(set(subject).get())).isEqualTo("postgres:15.99"));
    assertThat(set(subject).get().getMetadata().getUid()).isEqualTo(uid);
    assertThat(size(claim(subject).get())).isEqualTo(new Quantity("1Gi"));

    subject.apply(withClass(false, "size: 1Gi").replace("}}}", "}, image: 'postgres:15.99'}}"));
    subject.awaitReady();
    subject.awaitCondition("Degraded", "False", "AsExpected");
  }

  @Test
  void aVolumeDoesNotShrinkAndTheMessageSaysWhatItHas() {
    var subject = ready(withClass(true, "size: 2Gi").replace("voting-growing", storageClass(true)));
    bound(subject, "voting-growing");
    var uid = set(subject).get().getMetadata().getUid();
    subject.apply(
        withClass(true, "size: 1Gi").replace("{postgres", "{api: {replicas: 2}, postgres"));
    subject.awaitCondition("Degraded", "True", "StorageShrinkRefused");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains("spec.postgres.storage.size is 1Gi", "has 2Gi", "set it to 2Gi or more");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(subject.app().getStatus().api().desired()).isEqualTo(2));
    assertThat(set(subject).get().getMetadata().getUid()).isEqualTo(uid);
    assertThat(size(claim(subject).get())).isEqualTo(new Quantity("2Gi"));

    subject.apply(withClass(true, "size: 2Gi"));
    subject.awaitReady();
  }

  @Test
  void anExpansionThatFailsIsReportedAndCanBeTakenBack() {
    var subject = readyOn(storageClass(true));
    subject.apply(withClass(true, "size: 3Gi"));
    awaitRequest(subject, "3Gi");
    merge(
        claim(subject).get(),
        "status",
        "{\"status\":{\"conditions\":[{\"type\":\"ControllerResizeError\",\"status\":\"True\","
            + "\"message\":\"the pool is full\"}]}}");
    subject.awaitCondition("Degraded", "True", "StorageGrowthFailed");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains("the pool is full", "spec.postgres.storage.size", "has 1Gi", "data-postgres-0");

    subject.apply(withClass(true, "size: 2Gi"));
    awaitRequest(subject, "2Gi");
    // Kubernetes lets nobody take back the last byte, so that it may go on trying.
    subject.apply(withClass(true, "size: 1Gi"));
    subject.awaitReady();
    subject.awaitCondition("Degraded", "False", "AsExpected");
    assertThat(size(claim(subject).get())).isEqualTo(new Quantity("2Gi"));
  }

  @Test
  void aVolumeThatGrowsAtAStartHasItsPodRestartedOnce() {
    var subject = readyOn(storageClass(true));
    subject.apply(withClass(true, "size: 3Gi"));
    awaitRequest(subject, "3Gi");
    subject.awaitReady();
    var before = templates(subject).get(Names.POSTGRES);
    var pending =
        "{\"status\":{\"conditions\":[{\"type\":\"FileSystemResizePending\",\"status\":\"True\","
            + "\"lastTransitionTime\":\"%s\"}]}}";
    merge(claim(subject).get(), "status", pending.formatted(Instant.now()));
    subject.awaitReady();
    assertThat(templates(subject).get(Names.POSTGRES)).as("it may grow as it is").isEqualTo(before);

    merge(
        claim(subject).get(),
        "status",
        pending.formatted(Instant.now().minus(ClaimSizes.PATIENCE)));
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(templates(subject).get(Names.POSTGRES).getMetadata().getAnnotations())
                    .containsEntry(OfflineGrowth.STARTED_FOR, "3Gi"));
    var after = templates(subject).get(Names.POSTGRES);
    subject.awaitReady();

    merge(
        claim(subject).get(),
        "status",
        "{\"status\":{\"conditions\":null,\"capacity\":{\"storage\":\"3Gi\"}}}");
    set(subject).withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
    subject.awaitReady();
    assertThat(templates(subject).get(Names.POSTGRES)).as("no start more").isEqualTo(after);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "storageClassName: nobody-has-it               | storageClassName: voting-fixed | 1Gi",
        "storageClassName: nobody-has-it               | size: 2Gi                      | 2Gi",
        "storageClassName: voting-growing, size: 900Pi | storageClassName: voting-growing | 1Gi",
      })
  void aClaimThatNeverGotAVolumeIsReCreatedAsTheCorrectedSpecWantsIt(
      String wrong, String right, String size) {
    storageClass(true);
    storageClass(false);
    var subject = ready("{postgres: {storage: {%s}}}".formatted(wrong));
    var before = pending(subject);
    var set = set(subject).get().getMetadata().getUid();
    subject.apply("{postgres: {storage: {%s}}}".formatted(right));
    await()
        .atMost(Subjects.SOON)
        .until(
            () ->
                Optional.ofNullable(set(subject).get())
                    .filter(found -> !found.getMetadata().getUid().equals(set))
                    .isPresent());
    var after = pending(subject);
    assertThat(after.getMetadata().getUid()).isNotEqualTo(before.getMetadata().getUid());
    assertThat(after.getSpec().getStorageClassName()).isNotEqualTo("nobody-has-it");
    assertThat(size(after)).isEqualTo(new Quantity(size));
    subject.awaitReady();

    letPass(Duration.ofSeconds(2));
    assertThat(claim(subject).get().getMetadata().getUid())
        .as("once is enough")
        .isEqualTo(after.getMetadata().getUid());
  }

  @Test
  void aVolumeKeepsItsClassAndTheMessageSaysWhatToDo() {
    var subject = readyOn(storageClass(true));
    var uid = claim(subject).get().getMetadata().getUid();
    var set = set(subject).get().getMetadata().getUid();
    storageClass(false);
    subject.apply(
        withClass(false, "size: 1Gi").replace("{postgres", "{api: {replicas: 2}, postgres"));
    subject.awaitCondition("Degraded", "True", "StorageClassChanged");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains(
            "data-postgres-0",
            "is of StorageClass voting-growing",
            "set spec.postgres.storage.storageClassName back to \"voting-growing\"");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(subject.app().getStatus().api().desired()).isEqualTo(2));
    assertThat(claim(subject).get().getMetadata().getUid()).isEqualTo(uid);
    assertThat(set(subject).get().getMetadata().getUid()).isEqualTo(set);

    subject.apply(withClass(true, "size: 1Gi"));
    subject.awaitReady();
    subject.awaitCondition("Degraded", "False", "AsExpected");
    assertThat(claim(subject).get().getMetadata().getUid()).isEqualTo(uid);
  }

  /** PostgreSQL's claim as the StatefulSet's controller makes it, where there is none. */
  private static PersistentVolumeClaim pending(Subjects subject) {
    var claim = claim(subject);
    if (cluster instanceof TestCluster.WithoutControllers && claim.get() == null) {
      subject.createClaim();
    }
    await().atMost(Subjects.SOON).until(() -> claim.get() != null);
    return claim.get();
  }

  @Test
  void theOwnerCanBeCorrectedAsLongAsThereIsNoDatabase() {
    var subject = ready("{secrets: {postgres: {user: wrong}}}");
    bound(subject, null);
    var pod = cluster.pod(client, set(subject).get());
    reports(pod, "PostgreSQL 15.9, no data", false);
    var before = checksum(subject, "postgres");
    subject.apply("{secrets: {postgres: {user: right}}}");
    await().atMost(Subjects.SOON).untilAsserted(() -> assertThat(user(subject)).isEqualTo("right"));
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(checksum(subject, "postgres")).isNotEqualTo(before));
    var after = checksum(subject, "postgres");
    reports(replaced(subject, pod), "PostgreSQL 15.9, no data", true);
    awaitRecorded(subject, "15");

    subject.apply("{secrets: {postgres: {user: another}}, api: {replicas: 2}}");
    subject.awaitCondition("Degraded", "True", "PostgresUserChanged");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains("owned by right", "set spec.secrets.postgres.user to right");
    assertThat(user(subject)).isEqualTo("right");
    assertThat(checksum(subject, "postgres")).isEqualTo(after);

    subject.apply("{secrets: {postgres: {user: right}}}");
    subject.awaitReady();
    subject.awaitCondition("Degraded", "False", "AsExpected");
  }

  private static String user(Subjects subject) {
    return subject.decoded(subject.names.dataNamespace()).get(Names.POSTGRES_USER);
  }

  private static void awaitRequest(Subjects subject, String size) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(size(claim(subject).get())).isEqualTo(new Quantity(size)));
  }

  /** In order, a pod that never gets ready is never replaced; only a new StatefulSet fixes that. */
  @Test
  void aStatefulSetOfAnOlderOperatorIsReCreatedWhileItsPodsRunOn() {
    var subject = ready("{}");
    operator.close();
    var set = set(subject);
    var older = olderForm(set.get());
    set.withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
    await().atMost(Subjects.SOON).until(() -> set.get() == null);
    client.resource(older).create();
    var uid = set.get().getMetadata().getUid();
    var pod = cluster.pod(client, set.get());
    operator = start();
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              var now = set.get();
              assertThat(now).isNotNull();
              assertThat(now.getMetadata().getUid()).isNotEqualTo(uid);
              assertThat(now.getSpec().getPodManagementPolicy()).isEqualTo("Parallel");
            });
    assertThat(client.resource(pod).get().getMetadata().getUid())
        .isEqualTo(pod.getMetadata().getUid());
    subject.awaitReady();
  }

  /** A StatefulSet as versions before this one applied it. */
  private static StatefulSet olderForm(StatefulSet set) {
    return new StatefulSetBuilder(set)
        .withNewMetadata()
        .withName(set.getMetadata().getName())
        .withNamespace(set.getMetadata().getNamespace())
        .withLabels(set.getMetadata().getLabels())
        .withOwnerReferences(set.getMetadata().getOwnerReferences())
        .endMetadata()
        .editSpec()
        .withPodManagementPolicy("OrderedReady")
        .withUpdateStrategy(null)
        .endSpec()
        .withStatus(null)
        .build();
  }

  @Test
  void anotherMajorVersionOfPostgresIsNotStartedOnExistingData() {
    var subject = ready("{}");
    bound(subject, null);
    var pod = cluster.pod(client, set(subject).get());
    reports(pod, "PostgreSQL 15.9, no data", true);
    awaitRecorded(subject, "15");
    var images = images(set(subject).get());
    subject.apply("{postgres: {image: 'postgres:16-alpine'}, redis: {maxMemory: 100mb}}");
    subject.awaitCondition("Degraded", "True", "PostgresMajorVersion");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains("PostgreSQL 15", "postgres:16-alpine", "spec.postgres.image", "backup");
    assertThat(images(set(subject).get())).isEqualTo(images);

    // The data show it, not the memory of an operator, nor the VotingApp that created them.
    operator.close();
    subject.delete();
    await()
        .atMost(Subjects.SOON)
        .until(
            () ->
                set(subject).get() == null
                    && client.namespaces().withName(subject.names.apiNamespace()).get() == null);
    operator = start();
    subject.apply("{postgres: {image: 'postgres:16-alpine'}}");
    subject.awaitCondition("Degraded", "True", "PostgresMajorVersion");
    assertThat(set(subject).get()).isNull();
    subject.apply("{postgres: {image: 'postgres:15-alpine'}}");
    subject.awaitReady();
  }

  @Test
  void claimsSayThatNobodyShallPruneThem() {
    var subject = ready("{}");
    bound(subject, null);
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(claim(subject).get().getMetadata().getAnnotations())
                    .containsAllEntriesOf(Kept.ANNOTATIONS));
    merge(claim(subject).get(), "{\"metadata\":{\"annotations\":null}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(claim(subject).get().getMetadata().getAnnotations())
                    .containsAllEntriesOf(Kept.ANNOTATIONS));
  }

  /** The tag of a private image does not show what it holds, so its own pod finds out. */
  @Test
  void anImageOfAnotherMajorVersionWhoseTagDoesNotSayItIsRefusedByItsOwnPod() {
    var subject = ready("{postgres: {image: 'example.org/mypg:1.4'}}");
    bound(subject, null);
    var pod = cluster.pod(client, set(subject).get());
    reports(pod, "PostgreSQL 15.9, data of 15", true);
    awaitRecorded(subject, "15");

    subject.apply("{postgres: {image: 'example.org/mypg:2.0'}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> assertThat(images(set(subject).get())).containsOnly("example.org/mypg:2.0"));
    var next = replaced(subject, pod);
    reports(next, "PostgreSQL 16.1, data of 15: it cannot read them", false);
    subject.awaitCondition("Degraded", "True", "PostgresMajorVersion");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains("PostgreSQL 15", "example.org/mypg:2.0", "spec.postgres.image");
    awaitRecorded(subject, "15");

    subject.apply("{postgres: {image: 'example.org/mypg:1.4'}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition("Ready").orElseThrow().getReason())
                    .isNotEqualTo("PostgresMajorVersion"));
    reports(replaced(subject, next), "PostgreSQL 15.9, data of 15", true);
    subject.awaitReady();
  }

  @Test
  void theServerIsFoundBesideASidecarAndTheDataAreBelievedMoreThanARecord() {
    var subject = ready("{}");
    bound(subject, null);
    merge(
        claim(subject).get(),
        "{\"metadata\":{\"annotations\":{\"%s\":\"1\"}}}".formatted(PostgresReport.ANNOTATION));
    var pod = cluster.pod(client, set(subject).get());
    client.resource(pod).withGracePeriod(0).delete();
    var meshed =
        new PodBuilder(pod)
            .editMetadata()
            .withResourceVersion(null)
            .withUid(null)
            .withManagedFields()
            .endMetadata()
            .editSpec()
            .addToContainers(
                0, new ContainerBuilder().withName("proxy").withImage("mesh/proxy:1.22").build())
            .endSpec()
            .build();
    reports(client.resource(meshed).create(), "PostgreSQL 15.9, data of 15", true);
    awaitRecorded(subject, "15");
    subject.awaitReady();
  }

  private static void awaitRecorded(Subjects subject, String version) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(claim(subject).get().getMetadata().getAnnotations())
                    .containsEntry(PostgresReport.ANNOTATION, version));
  }

  private Subjects readyOn(String storageClass) {
    var subject = ready("{postgres: {storage: {storageClassName: %s}}}".formatted(storageClass));
    bound(subject, storageClass);
    return subject;
  }

  private static String withClass(boolean growing, String more) {
    return "{postgres: {storage: {storageClassName: %s, %s}}}"
        .formatted(growing ? "voting-growing" : "voting-fixed", more);
  }

  private static String storageClass(boolean growing) {
    var name = growing ? "voting-growing" : "voting-fixed";
    client
        .resource(
            new StorageClassBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withProvisioner("example.org/volumes")
                .withAllowVolumeExpansion(growing)
                .build())
        .forceConflicts()
        .serverSideApply();
    return name;
  }

  /** PostgreSQL's claim, with a volume. */
  private static void bound(Subjects subject, String storageClass) {
    var claim = claim(subject);
    if (cluster instanceof TestCluster.WithoutControllers) {
      subject.createClaim();
      merge(
          claim.get(),
          "status",
          "{\"status\":{\"phase\":\"Bound\",\"capacity\":{\"storage\":\"%s\"}}}"
              .formatted(size(claim.get())));
    } else {
      await().atMost(Subjects.SOON).until(() -> claim.get() != null);
      if (!"Bound".equals(claim.get().getStatus().getPhase())) {
        client
            .resource(
                new PersistentVolumeBuilder()
                    .withNewMetadata()
                    .withName("for-" + subject.name)
                    .endMetadata()
                    .withNewSpec()
                    .addToCapacity("storage", size(claim.get()))
                    .withAccessModes("ReadWriteOnce")
                    .withStorageClassName(storageClass)
                    .withNewClaimRef()
                    .withNamespace(subject.names.dataNamespace())
                    .withName("data-postgres-0")
                    .endClaimRef()
                    .withNewHostPath("/tmp/" + subject.name, "")
                    .endSpec()
                    .build())
            .create();
      }
    }
    await().atMost(Subjects.SOON).until(() -> "Bound".equals(claim.get().getStatus().getPhase()));
  }

  /** What a kubelet writes of a pod whose init container has ended with these words. */
  private static void reports(Pod pod, String words, boolean well) {
    merge(
        pod,
        "status",
        ("{\"status\":{\"phase\":\"%s\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"%s\"}],"
                + "\"initContainerStatuses\":[{\"name\":\"version\",\"image\":\"x\",\"imageID\":\"x\","
                + "\"ready\":%3$s,\"restartCount\":0,\"state\":{\"terminated\":{\"exitCode\":%4$d,"
                + "\"message\":\"%5$s\"}}}],\"containerStatuses\":[{\"name\":\"postgres\",\"image\":"
                + "\"x\",\"imageID\":\"x\",\"ready\":%3$s,\"started\":%3$s,\"restartCount\":0}]}}")
            .formatted(
                well ? "Running" : "Pending", well ? "True" : "False", well, well ? 0 : 1, words));
  }

  /** The pod of the newest template, in the place of another one. */
  private static Pod replaced(Subjects subject, Pod before) {
    client.resource(before).withGracePeriod(0).delete();
    return cluster.pod(client, set(subject).get());
  }

  private static Resource<StatefulSet> set(Subjects subject) {
    return client
        .apps()
        .statefulSets()
        .inNamespace(subject.names.dataNamespace())
        .withName(Names.POSTGRES);
  }

  private static Resource<PersistentVolumeClaim> claim(Subjects subject) {
    return client
        .persistentVolumeClaims()
        .inNamespace(subject.names.dataNamespace())
        .withName("data-postgres-0");
  }

  private static Quantity size(PersistentVolumeClaim claim) {
    return claim.getSpec().getResources().getRequests().get("storage");
  }

  private static String image(StatefulSet set) {
    return set.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
  }

  /** Of every container of its pods. */
  private static List<String> images(StatefulSet set) {
    var pod = set.getSpec().getTemplate().getSpec();
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
        .map(Container::getImage)
        .toList();
  }
}
