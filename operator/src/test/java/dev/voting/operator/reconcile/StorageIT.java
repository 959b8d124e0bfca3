package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Kept;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import org.junit.jupiter.api.Test;

/** The claims of PostgreSQL and Redis, and the data in them. */
class StorageIT extends ClusterTests {

  @Test
  void storageGrowsByGrowingTheClaimAndMakingTheStatefulSetAnew() {
    var subject = readyOn(storageClass(true));
    var set = set(subject);
    var uid = set.get().getMetadata().getUid();
    subject.apply(withClass(true, "size: 3Gi"));
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(size(claim(subject).get())).isEqualTo(new Quantity("3Gi"));
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
  void storageThatCannotGrowIsToldAndKeepsNothingElseFromChanging() {
    var subject = readyOn(storageClass(false));
    var uid = set(subject).get().getMetadata().getUid();
    subject.apply(withClass(false, "size: 3Gi").replace("}}}", "}, image: 'postgres:15.99'}}"));
    subject.awaitCondition("Degraded", "True", "StorageGrowthRefused");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains("allowVolumeExpansion: true", "set the size back", "data-postgres-0");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(image(set(subject).get())).isEqualTo("postgres:15.99"));
    assertThat(set(subject).get().getMetadata().getUid()).isEqualTo(uid);
    assertThat(size(claim(subject).get())).isEqualTo(new Quantity("1Gi"));
  }

  @Test
  void anotherMajorVersionOfPostgresIsNotStartedOnExistingData() {
    var subject = ready("{}");
    bound(subject, null);
    runPostgres(subject);
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(claim(subject).get().getMetadata().getAnnotations())
                    .containsEntry(PostgresMajor.ANNOTATION, "15"));
    var image = image(set(subject).get());
    subject.apply("{postgres: {image: 'postgres:16-alpine'}, redis: {maxMemory: 100mb}}");
    subject.awaitCondition("Degraded", "True", "PostgresMajorVersion");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains("PostgreSQL 15", "postgres:16-alpine", "spec.postgres.image", "backup");
    assertThat(image(set(subject).get())).isEqualTo(image);

    // The data tell it, not the memory of an operator, nor the VotingApp that made them.
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
    if (cluster instanceof TestCluster.InMemory) {
      var template = set(subject).get().getSpec().getVolumeClaimTemplates().getFirst();
      client
          .resource(
              new PersistentVolumeClaimBuilder(template)
                  .editMetadata()
                  .withName("data-postgres-0")
                  .withNamespace(subject.names.dataNamespace())
                  .endMetadata()
                  .build())
          .create();
      merge(claim.get(), "status", "{\"status\":{\"phase\":\"Bound\"}}");
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
                    .addToCapacity("storage", new Quantity("1Gi"))
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

  private static void runPostgres(Subjects subject) {
    var pod = cluster.pod(client, set(subject).get());
    merge(
        pod,
        "status",
        "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
            + "\"True\"}]}}");
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
}
