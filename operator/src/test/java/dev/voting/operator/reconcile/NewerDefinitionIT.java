package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A definition of a version after the operator's, as there is between the two steps of an upgrade
 * and after a rollback.
 */
class NewerDefinitionIT extends ClusterTests {

  @AfterEach
  void installOurs() {
    // A plain apply would keep what the tests' edits own.
    client.resource(VotingAppCrd.read()).update();
  }

  @Test
  void itsFieldsAreLeftAloneAndReported() {
    var subject = ready("{}");
    client
        .resources(CustomResourceDefinition.class)
        .withName(VotingAppCrd.NAME)
        .edit(NewerDefinitionIT::newer);
    await("what the API server makes of it")
        .atMost(Subjects.SOON)
        .until(() -> "eventual".equals(raw(subject).get("spec", "consistency", "mode")));
    setStatusOfAnotherFieldManager(subject);

    subject.awaitCondition("Ready", "True", "CrdNewer");
    subject.awaitCondition("Degraded", "False", "AsExpected");
    assertThat(subject.condition("Ready"))
        .get()
        .extracting(Condition::getMessage)
        .asString()
        .contains("spec.consistency", "spec.api.warmUp", "status.forecast", "status.forecasts");

    // From its beginning, with everything that there is by then.
    operator.close();
    operator = start();
    subject.apply("{api: {replicas: 2}, consistency: {mode: strong}}");
    subject.awaitReady();
    subject.awaitCondition("Ready", "True", "CrdNewer");
    var app = raw(subject);
    assertThat(app.<String>get("spec", "consistency", "mode")).isEqualTo("strong");
    assertThat(app.<Integer>get("spec", "api", "warmUp")).isEqualTo(3);
    assertThat(app.<String>get("status", "forecast")).isEqualTo("cats");

    letPass(Duration.ofSeconds(2));
    assertThat(raw(subject).getMetadata().getResourceVersion())
        .as("nothing is written for what is not understood")
        .isEqualTo(app.getMetadata().getResourceVersion());

    client.resource(VotingAppCrd.read()).update();
    subject.awaitCondition("Ready", "True", "Available");
  }

  @Test
  void aValueThatIsNotUnderstoodConcernsItsVotingAppAlone() {
    var subject = ready("{}");
    var other = ready("{}");
    client
        .resources(CustomResourceDefinition.class)
        .withName(VotingAppCrd.NAME)
        .edit(NewerDefinitionIT::withRoutes);
    subject.apply("{exposure: {type: Route}, api: {replicas: 2}}");

    subject.awaitCondition("Ready", "False", "NotUnderstood");
    subject.awaitCondition("Degraded", "True", "NotUnderstood");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains("spec.exposure.type", "Route", "Gateway, Ingress, None");
    assertThat(events(subject))
        .anySatisfy(event -> assertThat(event).contains("NotUnderstood", "spec.exposure.type"));
    other.apply("{api: {replicas: 2}}");
    awaitReplicas(other, 2);

    // From its beginning, with that one among all.
    operator.close();
    operator = start();
    other.apply("{api: {replicas: 3}}");
    awaitReplicas(other, 3);
    assertThat(replicas(subject)).as("what is not understood is left as it is").isEqualTo(1);
    assertThat(all(Ingress.class, subject.names.apiNamespace())).isNotEmpty();
    assertThat(raw(subject).<String>get("spec", "exposure", "type")).isEqualTo("Route");
    var version = raw(subject).getMetadata().getResourceVersion();
    letPass(Duration.ofSeconds(2));
    assertThat(raw(subject).getMetadata().getResourceVersion()).isEqualTo(version);

    subject.apply("{exposure: {type: Ingress}, api: {replicas: 2}}");
    awaitReplicas(subject, 2);
    subject.awaitReady();
  }

  private static void awaitReplicas(Subjects subject, int replicas) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(replicas(subject)).isEqualTo(replicas));
  }

  private static int replicas(Subjects subject) {
    return client
        .apps()
        .deployments()
        .inNamespace(subject.names.apiNamespace())
        .withName(Names.API)
        .get()
        .getSpec()
        .getReplicas();
  }

  private static CustomResourceDefinition withRoutes(CustomResourceDefinition crd) {
    var spec =
        crd.getSpec()
            .getVersions()
            .getFirst()
            .getSchema()
            .getOpenAPIV3Schema()
            .getProperties()
            .get("spec");
    spec.getProperties()
        .get("exposure")
        .getProperties()
        .get("type")
        .getEnum()
        .add(new TextNode("Route"));
    return crd;
  }

  private static CustomResourceDefinition newer(CustomResourceDefinition crd) {
    var root = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    var spec = root.getProperties().get("spec");
    spec.getProperties()
        .put(
            "consistency",
            new JSONSchemaPropsBuilder()
                .withType("object")
                .withDefault(JsonNodeFactory.instance.objectNode())
                .addToProperties("mode", text(new TextNode("eventual")))
                .build());
    spec.getProperties()
        .get("api")
        .getProperties()
        .put(
            "warmUp",
            new JSONSchemaPropsBuilder().withType("integer").withDefault(new IntNode(3)).build());
    var status = root.getProperties().get("status").getProperties();
    status.put("forecast", text(null));
    status.put("forecasts", text(new TextNode("none")));
    return crd;
  }

  private static JSONSchemaProps text(TextNode defaulted) {
    return new JSONSchemaPropsBuilder().withType("string").withDefault(defaulted).build();
  }

  /** As a newer operator's, or anybody's, controller would. */
  private static void setStatusOfAnotherFieldManager(Subjects subject) {
    client
        .resource(subject.app())
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"forecast\":\"cats\"}}");
  }

  private static GenericKubernetesResource raw(Subjects subject) {
    return client
        .genericKubernetesResources("voting.dev/" + VotingApp.VERSION, "VotingApp")
        .withName(subject.name)
        .get();
  }
}
