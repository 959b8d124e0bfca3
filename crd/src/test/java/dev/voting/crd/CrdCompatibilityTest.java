package dev.voting.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrdCompatibilityTest {

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  @Test
  void theRecordsBreakNothingOfTheCommittedCrd() throws IOException {
    var committed = parse(Files.readString(CrdFile.COMMITTED));

    assertThat(CrdCompatibility.breaks(committed, parse(CrdFile.generate()))).isEmpty();
  }

  @Test
  void whatBreaksIsNamed() {
    var changed = VotingAppCrd.read();
    var root = changed.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    property(root, "spec", "api").getProperties().remove("image");
    property(root, "spec", "api", "replicas").setType("string");
    property(root, "spec", "postgres").setRequired(List.of("storage"));
    property(root, "spec", "consumer", "workload").getEnum().remove(0);
    property(root, "status", "conditions").getItems().getSchema().getProperties().remove("reason");

    assertThat(CrdCompatibility.breaks(VotingAppCrd.read(), changed))
        .containsExactlyInAnyOrder(
            "spec.api.image is removed",
            "spec.api.replicas is of another type",
            "spec.postgres.storage is required now",
            "spec.consumer.workload no longer takes \"Deployment\"",
            "status.conditions[].reason is removed");
  }

  @Test
  void anotherVersionInPlaceOfOneIsABreak() {
    var changed = VotingAppCrd.read();
    changed.getSpec().getVersions().get(0).setName("v1");

    assertThat(CrdCompatibility.breaks(VotingAppCrd.read(), changed))
        .containsExactly("version v1alpha1 is removed");
  }

  @Test
  void whatIsAddedBreaksNothing() {
    var smaller = VotingAppCrd.read();
    var root = smaller.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    property(root, "spec", "api").getProperties().remove("image");

    assertThat(CrdCompatibility.breaks(smaller, VotingAppCrd.read())).isEmpty();
  }

  private static JSONSchemaProps property(JSONSchemaProps schema, String... path) {
    for (var name : path) {
      schema = schema.getProperties().get(name);
    }
    return schema;
  }

  private static CustomResourceDefinition parse(String yaml) {
    return SERIALIZATION.unmarshal(yaml, CustomResourceDefinition.class);
  }
}
