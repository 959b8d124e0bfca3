package dev.voting.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class VotingAppTest {

  @Test
  void anEmptySpecIsWhole() {
    var app = parse("spec: {}");
    assertThat(app.getSpec()).isEqualTo(VotingAppSpec.DEFAULTS);
    assertThat(app.getSpec().redis().maxMemoryPolicy().directive()).isEqualTo("noeviction");
    assertThat(app.getSpec().deletionPolicy()).isEqualTo(DeletionPolicy.Retain);
  }

  @Test
  void aSpecThatIsAbsentIsWhole() {
    assertThat(parse("metadata: {name: voting}").getSpec()).isEqualTo(VotingAppSpec.DEFAULTS);
  }

  @Test
  void whatIsLeftOutBesideWhatIsGivenIsDefault() {
    var app = parse("spec: {postgres: {storage: {size: 5Gi}}, consumer: {workload: Deployment}}");
    var postgres = app.getSpec().postgres();
    assertThat(postgres.storage().size()).isEqualTo(new Quantity("5Gi"));
    assertThat(postgres.resources()).isEqualTo(PostgresSpec.DEFAULTS.resources());
    assertThat(app.getSpec().consumer().workload()).isEqualTo(ConsumerSpec.Workload.Deployment);
    assertThat(app.getSpec().consumer().batchSize()).isEqualTo(1000);
  }

  @Test
  void whatIsReadIsWrittenAgain() {
    var app = parse("spec: {redis: {maxMemoryPolicy: allkeys-lru, appendFsync: always}}");
    var again = Serialization.unmarshal(Serialization.asYaml(app), VotingApp.class);
    assertThat(again.getSpec()).isEqualTo(app.getSpec());
  }

  /** Or an operator would end at the first VotingApp of a definition that is newer than it. */
  @Test
  void whatANewerDefinitionHasIsLeftAside() {
    var schema =
        VotingAppCrd.read().getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    var everything = object(schema);
    assertThat(everything.toString().split("fromTheFuture")).hasSizeGreaterThan(20);
    everything.remove(List.of("metadata", "fromTheFuture"));
    var app = new KubernetesSerialization().convertValue(everything, VotingApp.class);
    assertThat(app.getSpec().deletionPolicy()).isEqualTo(DeletionPolicy.Retain);
  }

  /** Every object of a schema, each with a field that nobody knows, and nothing else. */
  private static ObjectNode object(JSONSchemaProps schema) {
    var object = JsonNodeFactory.instance.objectNode().put("fromTheFuture", true);
    schema
        .getProperties()
        .forEach(
            (name, field) -> {
              if (field.getProperties() != null && !field.getProperties().isEmpty()) {
                object.set(name, object(field));
              } else if (field.getItems() != null
                  && field.getItems().getSchema().getProperties() != null
                  && !field.getItems().getSchema().getProperties().isEmpty()) {
                object.putArray(name).add(object(field.getItems().getSchema()));
              }
            });
    return object;
  }

  @Test
  void theCrdInTheJarIsOurs() {
    assertThat(VotingAppCrd.read().getMetadata().getName()).isEqualTo(VotingAppCrd.NAME);
  }

  private static VotingApp parse(String yaml) {
    return Serialization.unmarshal(
        "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\n" + yaml, VotingApp.class);
  }
}
