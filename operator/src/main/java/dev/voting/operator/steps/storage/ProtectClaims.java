package dev.voting.operator.steps.storage;

import dev.voting.operator.apply.Writes;
import dev.voting.operator.blueprint.Kept;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/**
 * Has the claims say that nobody shall prune them. Claims have no owner under either deletion
 * policy, and go only with their namespace. They are annotated themselves, because the claim
 * templates of a StatefulSet that exists are immutable.
 */
public record ProtectClaims(Writes writes) implements Step {

  @Override
  public Plan run(Plan plan) {
    return plan.fail(
        plan.observed().all(PersistentVolumeClaim.class).stream()
            .filter(claim -> !claim.isMarkedForDeletion())
            .filter(claim -> !isProtected(claim))
            .flatMap(claim -> annotate(claim).stream())
            .toList());
  }

  @Override
  public Plan afterFailure(Plan plan) {
    return plan;
  }

  private static boolean isProtected(PersistentVolumeClaim claim) {
    var annotations = Optional.ofNullable(claim.getMetadata().getAnnotations()).orElse(Map.of());
    return annotations.entrySet().containsAll(Kept.ANNOTATIONS.entrySet());
  }

  private Optional<Finding> annotate(PersistentVolumeClaim claim) {
    try {
      writes.merge(claim, Map.of("metadata", Map.of("annotations", Kept.ANNOTATIONS)));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(Finding.refused(ObjectKey.of(claim), e));
    }
  }
}
