package dev.voting.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What goes when something goes: dependents, contents of namespaces, and what finalizers hold. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeletionTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @AutoClose private final Cluster cluster = new Cluster();
  private final KubernetesClient client = cluster.client();
  private final String namespace = cluster.makeNamespace("deletion").getMetadata().getName();

  private ConfigMap create(String name, OwnerReference... owners) {
    return client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withOwnerReferences(owners)
                .endMetadata()
                .build())
        .create();
  }

  private static OwnerReference owner(HasMetadata object) {
    return new OwnerReferenceBuilder()
        .withApiVersion(object.getApiVersion())
        .withKind(object.getKind())
        .withName(object.getMetadata().getName())
        .withUid(object.getMetadata().getUid())
        .build();
  }

  private ConfigMap get(String name) {
    return client.configMaps().inNamespace(namespace).withName(name).get();
  }

  @Test
  void dependentsFollowTheirOwnersButNotTheFirstOfTwo() {
    ConfigMap first = create("first");
    ConfigMap second = create("second");
    create("of-first", owner(first));
    create("of-both", owner(first), owner(second));

    client.resource(first).delete();

    await().atMost(SOON).untilAsserted(() -> assertThat(get("of-first")).isNull());
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(get("of-both").getMetadata().getOwnerReferences())
                    .extracting(OwnerReference::getName)
                    .containsExactly("second"));
  }

  @Test
  void whoComesWithAnOwnerThatIsGoneGoesToo() {
    ConfigMap gone = create("gone");
    client.resource(gone).delete();
    await().atMost(SOON).until(() -> get("gone") == null);
    OwnerReference dangling = owner(gone);
    dangling.setUid(UUID.randomUUID().toString());

    create("late", dangling);

    await().atMost(SOON).untilAsserted(() -> assertThat(get("late")).isNull());
  }

  @Test
  void orphansStay() {
    ConfigMap parent = create("parent");
    create("orphan", owner(parent));

    client.resource(parent).withPropagationPolicy(DeletionPropagation.ORPHAN).delete();

    await().atMost(SOON).until(() -> get("parent") == null);
    assertThat(get("orphan").getMetadata().getOwnerReferences()).isEmpty();
  }

  @Test
  void inTheForegroundTheOwnerGoesLast() {
    ConfigMap parent = create("foreground");
    ConfigMap child =
        create(
            "blocking",
            new OwnerReferenceBuilder(owner(parent)).withBlockOwnerDeletion(true).build());
    client.resource(child).edit(c -> finalized(c, List.of("voting.dev/test")));

    client.resource(parent).withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();

    await().atMost(SOON).until(() -> get("blocking").getMetadata().getDeletionTimestamp() != null);
    assertThat(get("foreground").getMetadata().getFinalizers()).contains("foregroundDeletion");
    client
        .configMaps()
        .inNamespace(namespace)
        .withName("blocking")
        .edit(c -> finalized(c, List.of()));
    await().atMost(SOON).until(() -> get("foreground") == null && get("blocking") == null);
  }

  private static ConfigMap finalized(ConfigMap config, List<String> finalizers) {
    return new ConfigMapBuilder(config)
        .editMetadata()
        .withFinalizers(finalizers)
        .endMetadata()
        .build();
  }

  @Test
  void aNamespaceTakesItsContentWithIt() {
    Namespace other = cluster.makeNamespace("doomed");
    String name = other.getMetadata().getName();
    assertThat(other.getMetadata().getLabels()).containsEntry("kubernetes.io/metadata.name", name);
    assertThat(other.getStatus().getPhase()).isEqualTo("Active");
    ConfigMap held =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(name)
            .withName("held")
            .withFinalizers("voting.dev/test")
            .endMetadata()
            .build();
    client.resource(held).create();

    client.resource(other).delete();

    await()
        .atMost(SOON)
        .until(
            () ->
                client
                        .configMaps()
                        .inNamespace(name)
                        .withName("held")
                        .get()
                        .getMetadata()
                        .getDeletionTimestamp()
                    != null);
    assertThat(client.namespaces().withName(name).get().getStatus().getPhase())
        .isEqualTo("Terminating");
    ConfigMap late =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(name)
            .withName("late")
            .endMetadata()
            .build();
    assertThatThrownBy(() -> client.resource(late).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403))
        .hasMessageContaining(
            "unable to create new content in namespace "
                + name
                + " because it is being terminated");

    client.configMaps().inNamespace(name).withName("held").edit(c -> finalized(c, List.of()));
    await().atMost(SOON).until(() -> client.namespaces().withName(name).get() == null);
    assertThatThrownBy(() -> client.resource(late).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(404))
        .hasMessageContaining("namespaces \"" + name + "\" not found");
  }

  @Test
  void aPodOnANodeStaysUntilItsNodeSaysThatItHasEnded() {
    Pod pod = client.resource(pod("placed", "some-node")).create();
    var placed = client.pods().inNamespace(namespace).withName("placed");

    placed.delete();

    assertThat(placed.get().getMetadata().getDeletionTimestamp()).isNotNull();
    assertThat(placed.get().getMetadata().getDeletionGracePeriodSeconds()).isEqualTo(20);
    // A longer grace than it has is none that it gets.
    placed.withGracePeriod(60).delete();
    assertThat(placed.get().getMetadata().getUid()).isEqualTo(pod.getMetadata().getUid());
    assertThat(placed.get().getMetadata().getDeletionGracePeriodSeconds()).isEqualTo(20);
    placed.withGracePeriod(0).delete();
    assertThat(placed.get()).isNull();

    client.resource(pod("unplaced", null)).create();
    var unplaced = client.pods().inNamespace(namespace).withName("unplaced");
    unplaced.delete();
    assertThat(unplaced.get()).isNull();
  }

  private Pod pod(String name, String node) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .withAutomountServiceAccountToken(false)
        .withTerminationGracePeriodSeconds(20L)
        // So that no scheduler finds a place for the one that has none.
        .addToNodeSelector("voting.dev/test", "none")
        .addNewContainer()
        .withName("main")
        .withImage("example.org/a:1")
        .endContainer()
        .endSpec()
        .build();
  }
}
