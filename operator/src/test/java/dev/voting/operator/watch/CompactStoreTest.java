package dev.voting.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.OwnedFields;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.HashMap;
import java.util.Map;
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
  void stillKnowsWhetherOurFieldsAreAsTheyWere() {
    var stored = stored(configMap("a page", "1"));
    assertThat(OwnedFields.digest(stored))
        .isPresent()
        .isEqualTo(OwnedFields.digest(configMap("a page", "1")))
        .isEqualTo(OwnedFields.digest(stored(configMap("a page", "2"))))
        .isNotEqualTo(OwnedFields.digest(stored(configMap("changed by hand", "1"))));
  }

  @Test
  void stillKnowsWhoHasAppliedAnObject() {
    assertThat(stored(configMap("a page", "1")).getMetadata().getManagedFields())
        .extracting(entry -> entry.getManager())
        .containsExactly("votingapp-operator", "somebody-else");
  }

  @Test
  void stillKnowsWhoseTheReplicasAre() {
    var ours = stored(deployment("{\"f:spec\": {\"f:replicas\": {}}}"));
    assertThat(OwnedFields.haveReplicas(ours)).isTrue();
    assertThat(ours.getSpec().getReplicas()).isEqualTo(3);
    assertThat(OwnedFields.haveReplicas(stored(deployment("{\"f:spec\": {\"f:template\": {}}}"))))
        .isFalse();
  }

  @Test
  void leavesOutWhatNobodyReads() {
    var stored = stored(configMap("a page", "1"));
    assertThat(stored.getData()).isNull();
    assertThat(stored.getMetadata().getManagedFields().getLast().getFieldsV1()).isNull();
  }

  @Test
  void whatCannotBeOursCostsNextToNothing() {
    var store = new CompactStore<Secret>();
    for (int i = 0; i < 400; i++) {
      store.put("tenant/s" + i, secret("tenant", "s" + i, Map.of("large", MEBIBYTE)));
    }
    assertThat(retained(store)).isLessThan(400 * 400);
    var kept = store.get("tenant/s1").getMetadata();
    assertThat(kept.getUid()).isEqualTo("some-uid");
    assertThat(kept.getResourceVersion()).isEqualTo("7");
  }

  @Test
  void nothingLargeIsKeptInNamespacesOfOurs() {
    var store = new CompactStore<Secret>();
    store.put("voting-data/theirs", secret("voting-data", "theirs", Map.of("a", "b")));
    store.put(
        "voting-data/voting-secrets",
        secret(
            "voting-data", "voting-secrets", Map.of("REDIS_PASSWORD", "c2VjcmV0", "x", MEBIBYTE)));
    assertThat(store.get("voting-data/theirs").getData()).isNull();
    assertThat(store.get("voting-data/voting-secrets").getData())
        .containsExactly(Map.entry("REDIS_PASSWORD", "c2VjcmV0"));
    assertThat(retained(store)).isLessThan(4_000);
  }

  private static final String MEBIBYTE = "eHh4".repeat(1 << 18);

  private static Secret secret(String namespace, String name, Map<String, String> data) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withUid("some-uid")
        .withResourceVersion("7")
        .withLabels(Map.of(Names.MANAGED_BY, Names.OPERATOR, Names.INSTANCE, "voting"))
        .withAnnotations(new HashMap<>(Map.of("large", MEBIBYTE)))
        .endMetadata()
        .withData(new HashMap<>(data))
        .build();
  }

  private static long retained(CompactStore<Secret> store) {
    return store.values().mapToLong(secret -> Serialization.asYaml(secret).length()).sum();
  }
}
