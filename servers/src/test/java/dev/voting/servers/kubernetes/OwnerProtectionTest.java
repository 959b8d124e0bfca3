package dev.voting.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The admission of owner references, which a cluster may have on. */
class OwnerProtectionTest {

  @AutoClose private final InMemoryKubernetes kubernetes = InMemoryKubernetes.start();
  @AutoClose private final KubernetesClient client = kubernetes.client();
  private final Set<String> rights = new HashSet<>();
  private ConfigMap owner;

  @BeforeEach
  void protect() {
    owner = client.resource(config("owner")).create();
    kubernetes.protectOwners(
        asked ->
            rights.contains(
                asked.verb()
                    + " "
                    + asked.resource()
                    + (asked.subresource().isEmpty() ? "" : "/" + asked.subresource())));
  }

  @Test
  void whoCreatesAnObjectMayGiveItAnOwner() {
    assertThat(client.resource(config("made", owner(false))).create()).isNotNull();
  }

  @Test
  void whoChangesTheOwnersMustBeAllowedToDelete() {
    client.resource(config("changed")).create();

    assertForbidden(
        config("changed", owner(false)),
        "configmaps \"changed\" is forbidden: cannot set an ownerRef on a resource you can't delete");

    rights.add("delete configmaps");
    assertThat(apply(config("changed", owner(false))).getMetadata().getOwnerReferences())
        .hasSize(1);
    rights.clear();
    assertThat(apply(config("changed", owner(false))).getData())
        .as("nothing changes in the owners")
        .isNotNull();
  }

  @Test
  void whoHasAnOwnerWaitMustBeAllowedToSetItsFinalizers() {
    assertForbidden(
        config("blocking", owner(true)),
        "configmaps \"blocking\" is forbidden: cannot set blockOwnerDeletion if an ownerReference"
            + " refers to a resource you can't set finalizers on");

    rights.add("update configmaps/finalizers");
    assertThat(apply(config("blocking", owner(true)))).isNotNull();
  }

  private void assertForbidden(ConfigMap config, String message) {
    assertThatThrownBy(() -> apply(config))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403))
        .hasMessageContaining(message);
  }

  private ConfigMap apply(ConfigMap config) {
    return client
        .resource(config)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("test")
                .withForce(true)
                .build());
  }

  private static ConfigMap config(String name, OwnerReference... owners) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("default")
        .withName(name)
        .withOwnerReferences(owners)
        .endMetadata()
        .addToData("a", "1")
        .build();
  }

  private OwnerReference owner(boolean blocks) {
    return new OwnerReferenceBuilder()
        .withApiVersion("v1")
        .withKind("ConfigMap")
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withBlockOwnerDeletion(blocks)
        .build();
  }
}
