package dev.voting.local.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NotHereTest {
  @Test
  void allOfTheDefaultIsToBeHad() {
    assertThat(NotHere.of(VotingAppSpec.DEFAULTS)).isEmpty();
  }

  @Test
  void saysWhatTheExampleForProductionWillMiss() throws IOException {
    String yaml = Files.readString(Path.of("..", "examples", "production.yaml"));
    assertThat(NotHere.of(spec(yaml)))
        .extracting(line -> line.replaceFirst(":.*", ""))
        .containsExactly(
            "spec.exposure.tls",
            "spec.api.autoscaling",
            "spec.postgres.storage.storageClassName",
            "spec.redis.storage.storageClassName");
  }

  @Test
  void saysThatThePageIsUnreachableWithoutAnIngress() {
    assertThat(NotHere.of(spec("spec: {exposure: {type: None}}")))
        .singleElement()
        .asString()
        .startsWith("spec.exposure.type")
        .contains("cannot be reached");
    assertThat(NotHere.of(spec("spec: {exposure: {type: Gateway, gateway: {name: g}}}")))
        .singleElement()
        .asString()
        .contains("Gateway");
  }

  private static VotingAppSpec spec(String yaml) {
    return Serialization.unmarshal(yaml, VotingApp.class).getSpec();
  }
}
