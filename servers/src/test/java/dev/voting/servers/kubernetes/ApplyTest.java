package dev.voting.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Server-side apply: who owns what, what goes, what stays, and that nothing happens twice. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApplyTest {

  @AutoClose private final Cluster cluster = new Cluster();
  private final KubernetesClient client = cluster.client();
  private final String namespace = cluster.makeNamespace("apply").getMetadata().getName();

  private static PatchContext as(String manager, boolean force) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(manager)
        .withForce(force)
        .build();
  }

  private ConfigMap config(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withData(data)
        .build();
  }

  private ConfigMap apply(String manager, boolean force, ConfigMap config) {
    return client.resource(config).patch(as(manager, force));
  }

  @Test
  void whatIsNoLongerAppliedGoesUnlessAnotherOwnsIt() {
    apply("one", false, config("shared", Map.of("a", "1", "b", "1", "c", "1")));
    apply("two", false, config("shared", Map.of("b", "1", "d", "2")));

    ConfigMap after = apply("one", false, config("shared", Map.of("a", "1")));

    assertThat(after.getData()).isEqualTo(Map.of("a", "1", "b", "1", "d", "2"));
  }

  @Test
  void aFieldOfAnotherIsAConflictUnlessForced() {
    apply("one", false, config("contested", Map.of("a", "1")));
    ConfigMap other = config("contested", Map.of("a", "2"));

    assertThatThrownBy(() -> apply("two", false, other))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(409);
              assertThat(e.getStatus().getMessage())
                  .isEqualTo("Apply failed with 1 conflict: conflict with \"one\": .data.a");
            });
    assertThat(apply("two", true, other).getData()).containsEntry("a", "2");
    assertThatThrownBy(() -> apply("one", false, config("contested", Map.of("a", "1"))))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("conflict with \"two\"");
  }

  @Test
  void applyingTheSameAgainChangesNothing() {
    client.resource(deployment("same", "0")).patch(as("one", true));

    // A cluster's own controllers may still be writing the status.
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              Deployment before =
                  client.apps().deployments().inNamespace(namespace).withName("same").get();
              Deployment after = client.resource(deployment("same", "0")).patch(as("one", true));
              assertThat(after.getMetadata()).isEqualTo(before.getMetadata());
              assertThat(after.getMetadata().getGeneration()).isEqualTo(1);
            });
  }

  @Test
  void theSpecRaisesTheGenerationAndTheStatusDoesNot() {
    client.resource(deployment("generation", "0")).patch(as("one", true));
    Deployment changed = client.resource(deployment("generation", "1")).patch(as("one", true));
    assertThat(changed.getMetadata().getGeneration()).isEqualTo(2);

    Deployment withStatus =
        client
            .apps()
            .deployments()
            .inNamespace(namespace)
            .withName("generation")
            .subresource("status")
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"spec\": {\"replicas\": 7}, \"status\": {\"collisionCount\": 3}}");

    assertThat(withStatus.getStatus().getCollisionCount()).isEqualTo(3);
    assertThat(withStatus.getSpec().getReplicas()).isEqualTo(1);
    assertThat(withStatus.getMetadata().getGeneration()).isEqualTo(2);
    Deployment again = client.resource(deployment("generation", "2")).patch(as("one", true));
    assertThat(again.getStatus().getCollisionCount()).isEqualTo(3);
  }

  @Test
  void listsAreMergedByTheirKeys() {
    client.resource(deployment("keys", "0")).patch(as("one", true));
    Deployment sidecar =
        new DeploymentBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("keys")
            .endMetadata()
            .withNewSpec()
            .withNewTemplate()
            .withNewSpec()
            .addNewContainer()
            .withName("sidecar")
            .withImage("mesh:1")
            .endContainer()
            .addNewContainer()
            .withName("main")
            .addNewEnv()
            .withName("MESH")
            .withValue("on")
            .endEnv()
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    client.resource(sidecar).patch(as("mesh", false));

    Deployment after = client.resource(deployment("keys", "1")).patch(as("one", true));

    var containers = after.getSpec().getTemplate().getSpec().getContainers();
    assertThat(containers).extracting("name").containsExactlyInAnyOrder("main", "sidecar");
    var main =
        containers.stream().filter(c -> c.getName().equals("main")).findFirst().orElseThrow();
    assertThat(main.getEnv())
        .extracting(EnvVar::getName, EnvVar::getValue)
        .containsExactlyInAnyOrder(tuple("VALUE", "1"), tuple("MESH", "on"));
  }

  private Deployment deployment(String name, String value) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(1)
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage("app:1")
        .addNewEnv()
        .withName("VALUE")
        .withValue(value)
        .endEnv()
        .addNewPort()
        .withContainerPort(8080)
        .endPort()
        .withNewResources()
        .addToLimits("cpu", new Quantity("1000m"))
        .addToLimits("memory", new Quantity("1024Mi"))
        .endResources()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  @Test
  void whoCreatesOwnsTheDefaultsAndWhoScalesTheReplicas() {
    client.resource(deployment("owned", "0")).create();
    client.apps().deployments().inNamespace(namespace).withName("owned").scale(3);
    Deployment other = deployment("owned", "0");
    other.getSpec().setReplicas(5);
    other.getSpec().getTemplate().getSpec().getContainers().getFirst().setImagePullPolicy("Never");

    assertThatThrownBy(() -> client.resource(other).patch(as("other", false)))
        .hasMessageContaining("Apply failed with 4 conflicts")
        .hasMessageContaining("with subresource \"scale\" using apps/v1:\n- .spec.replicas")
        .hasMessageContaining(
            "conflicts with \"fabric8-kubernetes-client\" using apps/v1:\n"
                + "- .spec.template.spec.containers[name=\"main\"].imagePullPolicy\n"
                // Also where only the way to write it differs: 1000m, and 1.
                + "- .spec.template.spec.containers[name=\"main\"].resources.limits.cpu");
  }

  /** What helps itself to a field beside ours leaves an object that no apply of ours gets past. */
  @Test
  void aValueBesideAnAppliedReferenceIsRefused() {
    Deployment wanted =
        new DeploymentBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("twofold")
            .endMetadata()
            .withNewSpec()
            .withNewSelector()
            .addToMatchLabels("app", "twofold")
            .endSelector()
            .withNewTemplate()
            .withNewMetadata()
            .addToLabels("app", "twofold")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("main")
            .withImage("example.org/a:1")
            .addNewEnv()
            .withName("URL")
            .withNewValueFrom()
            .withNewSecretKeyRef("url", "secret", false)
            .endValueFrom()
            .endEnv()
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    client.resource(wanted).patch(as("one", false));
    client
        .resource(wanted)
        .patch(
            PatchContext.of(PatchType.STRATEGIC_MERGE),
            "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\",\"env\":"
                + "[{\"name\":\"URL\",\"value\":\"mine\",\"valueFrom\":null}]}]}}}}");

    assertThatThrownBy(() -> client.resource(wanted).patch(as("one", true)))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(422);
              assertThat(e.getStatus().getMessage())
                  .isEqualTo(
                      "Deployment.apps \"twofold\" is invalid:"
                          + " spec.template.spec.containers[0].env[0].valueFrom: Invalid value:"
                          + " \"\": may not be specified when `value` is not empty");
            });
  }

  @Test
  void aPortThatSomebodyMovedStandsBesideTheAppliedOneAndIsRefused() {
    Service wanted =
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("moved")
            .endMetadata()
            .withNewSpec()
            .addToSelector("app", "moved")
            .addNewPort()
            .withName("http")
            .withPort(8000)
            .endPort()
            .endSpec()
            .build();
    client.resource(wanted).patch(as("one", false));
    client
        .resource(wanted)
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"replace\",\"path\":\"/spec/ports/0/port\",\"value\":8001}]");

    assertThatThrownBy(() -> client.resource(wanted).patch(as("one", true)))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(422);
              assertThat(e.getStatus().getMessage())
                  .contains("spec.ports[1].name: Duplicate value: \"http\"");
            });
  }

  /** What the server filled in for a value stays when the value is corrected. */
  @Test
  void aPullPolicyThatWasDefaultedStays() {
    Deployment untagged = deploymentOf("sticky", "UPPER/x");
    assertThat(pullPolicy(client.resource(untagged).patch(as("one", false)))).isEqualTo("Always");
    assertThat(
            pullPolicy(
                client.resource(deploymentOf("sticky", "example.org/x:1")).patch(as("one", false))))
        .isEqualTo("Always");
    assertThat(
            pullPolicy(
                client.resource(deploymentOf("fresh", "example.org/x:1")).patch(as("one", false))))
        .isEqualTo("IfNotPresent");
  }

  private static String pullPolicy(Deployment deployment) {
    return deployment
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getImagePullPolicy();
  }

  private Deployment deploymentOf(String name, String image) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage(image)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
