package dev.voting.local.controllers;

import dev.voting.local.node.Status;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Optional;

/** Binds every claim at once: a directory has the space of its disk. */
final class Claims implements Controller {
  private final KubernetesClient client;

  Claims(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Duration> reconcile(String namespace, String name) {
    PersistentVolumeClaim claim =
        client.persistentVolumeClaims().inNamespace(namespace).withName(name).get();
    if (claim == null || Owned.isTerminating(claim)) {
      return Optional.empty();
    }
    PersistentVolumeClaimStatus status =
        new PersistentVolumeClaimStatusBuilder()
            .withPhase("Bound")
            .withAccessModes(claim.getSpec().getAccessModes())
            .withCapacity(
                Optional.ofNullable(claim.getSpec().getResources())
                    .map(resources -> resources.getRequests())
                    .orElse(null))
            .build();
    if (!status.equals(claim.getStatus())) {
      Status.write(client, claim, status);
    }
    return Optional.empty();
  }
}
