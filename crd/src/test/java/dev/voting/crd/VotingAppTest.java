package dev.voting.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
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

  @Test
  void theCrdInTheJarIsOurs() {
    assertThat(VotingAppCrd.read().getMetadata().getName()).isEqualTo(VotingAppCrd.NAME);
  }

  private static VotingApp parse(String yaml) {
    return Serialization.unmarshal(
        "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\n" + yaml, VotingApp.class);
  }
}
