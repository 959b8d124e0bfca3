package dev.voting.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import org.junit.jupiter.api.Test;

/** Deployments as their controller reports on them during a rollout. */
class AvailabilityTest {

  @Test
  void aPodFromBeforeDoesNotStandForTheNewOne() {
    assertThat(Availability.of(rollout(2, 1, 1)))
        .isEqualTo(new Availability(1, 1, false))
        .matches(availability -> !availability.isAvailable());
  }

  @Test
  void theNewPodAloneDoes() {
    assertThat(Availability.of(rollout(1, 1, 1)).isAvailable()).isTrue();
    assertThat(Availability.of(rollout(1, 1, 0)).isAvailable()).isFalse();
    assertThat(Availability.of(rollout(1, 0, 1)).isAvailable()).isFalse();
  }

  /** One pod is wanted; the controller has seen the newest spec. */
  private static Deployment rollout(int pods, int updated, int ready) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withGeneration(2L)
        .endMetadata()
        .withNewSpec()
        .withReplicas(1)
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(2L)
        .withReplicas(pods)
        .withUpdatedReplicas(updated)
        .withReadyReplicas(ready)
        .endStatus()
        .build();
  }
}
