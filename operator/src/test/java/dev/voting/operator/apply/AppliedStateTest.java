package dev.voting.operator.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is known of an object between its apply and the moment when the cache has it too. */
class AppliedStateTest {

  private final AppliedState applied = new AppliedState();

  @Test
  void aWorkloadIsSeenAsItWasAnsweredUntilTheCacheHasIt() {
    var answer = deployment("uid", "10", 3);
    applied.record("app", answer, answer);

    assertThat(seen(deployment("uid", "9", 1))).isSameAs(answer);
    assertThat(seen(deployment("uid", "9", 1))).isSameAs(answer);
    var cached = deployment("uid", "11", 3);
    assertThat(seen(cached)).isSameAs(cached);
    var older = deployment("uid", "9", 1);
    assertThat(seen(older)).as("once the cache had it, the answer is let go").isSameAs(older);
  }

  @Test
  void whatIsGoneOrAnotherStaysSo() {
    var answer = deployment("uid", "10", 3);
    applied.record("app", answer, answer);
    assertThat(applied.newest("app", new ObservedState(List.of())).objects()).isEmpty();

    applied.record("app", answer, answer);
    var another = deployment("another", "9", 1);
    assertThat(seen(another)).isSameAs(another);
  }

  @Test
  void onlyWorkloadsAreKept() {
    var answer =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("c")
            .withNamespace("n")
            .withUid("uid")
            .withResourceVersion("10")
            .endMetadata()
            .build();
    applied.record("app", answer, answer);
    var cached = new ConfigMapBuilder(answer).editMetadata().withResourceVersion("9").endMetadata();
    var object = cached.build();
    assertThat(seen(object)).isSameAs(object);
  }

  private HasMetadata seen(HasMetadata cached) {
    return applied.newest("app", new ObservedState(List.of(cached))).find(cached).orElseThrow();
  }

  private static Deployment deployment(String uid, String version, int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("api")
        .withNamespace("app-api")
        .withUid(uid)
        .withResourceVersion(version)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .endSpec()
        .build();
  }
}
