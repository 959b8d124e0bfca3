package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class CompactStoreTest {

  private static final String METADATA =
      """
      metadata:
        name: one
        namespace: voting-data
        uid: some-uid
        managedFields:
          - {manager: votingapp-operator, operation: Apply, fieldsV1: %s}
          - {manager: somebody-else, operation: Update, fieldsV1: {"f:data": {"f:theirs": {}}}}
      """;

  /** As read from the API server: every time an object of its own. */
  private static ConfigMap configMap(String page, String theirs) {
    return read(
        "apiVersion: v1\nkind: ConfigMap\ndata: {page: '%s', theirs: '%s'}\n"
                .formatted(page, theirs)
            + METADATA.formatted("{\"f:data\": {\"f:page\": {}}}"),
        ConfigMap.class);
  }

  private static Deployment deployment(String fields) {
    return read(
        "apiVersion: apps/v1\nkind: Deployment\n"
            + "spec: {replicas: 3, template: {spec: {containers: []}}}\n"
            + METADATA.formatted(fields),
        Deployment.class);
  }

  private static <T extends HasMetadata> T read(String yaml, Class<T> kind) {
    return new KubernetesSerialization().unmarshal(yaml, kind);
  }

  private static <T extends HasMetadata> T stored(T object) {
    var store = new CompactStore<T>();
    store.put("voting-data/one", object);
    return store.get("voting-data/one");
  }

  @Test
  void stillTellsWhetherOurFieldsAreAsTheyWere() {
    var stored = stored(configMap("a page", "1"));
    assertThat(OwnedFields.digest(stored))
        .isPresent()
        .isEqualTo(OwnedFields.digest(configMap("a page", "1")))
        .isEqualTo(OwnedFields.digest(stored(configMap("a page", "2"))))
        .isNotEqualTo(OwnedFields.digest(stored(configMap("changed by hand", "1"))));
  }

  @Test
  void stillTellsWhoHasAppliedAnObject() {
    assertThat(stored(configMap("a page", "1")).getMetadata().getManagedFields())
        .extracting(entry -> entry.getManager())
        .containsExactly("votingapp-operator", "somebody-else");
  }

  @Test
  void stillTellsWhoseTheReplicasAre() {
    var ours = stored(deployment("{\"f:spec\": {\"f:replicas\": {}}}"));
    assertThat(ReplicaHandover.isOurs(ours)).isTrue();
    assertThat(ours.getSpec().getReplicas()).isEqualTo(3);
    assertThat(ReplicaHandover.isOurs(stored(deployment("{\"f:spec\": {\"f:template\": {}}}"))))
        .isFalse();
  }

  @Test
  void leavesOutWhatNobodyReads() {
    var stored = stored(configMap("a page", "1"));
    assertThat(stored.getData()).isNull();
    assertThat(stored.getMetadata().getManagedFields().getLast().getFieldsV1()).isNull();
  }
}
