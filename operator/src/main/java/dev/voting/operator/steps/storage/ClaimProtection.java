package dev.voting.operator.steps.storage;

import dev.voting.operator.blueprint.Kept;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Has the claims say that nobody shall prune them. Claims have no owner under either deletion
 * policy, and go only with their namespace. They are annotated themselves, because the claim
 * templates of a StatefulSet that exists are immutable.
 */
public final class ClaimProtection {

  private final KubernetesClient client;

  public ClaimProtection(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Protects the claims that are not protected yet.
   *
   * @return what went wrong
   */
  public List<Finding> protect(ObservedState view) {
    return view.all(PersistentVolumeClaim.class).stream()
        .filter(claim -> !claim.isMarkedForDeletion())
        .filter(claim -> !isProtected(claim))
        .flatMap(claim -> annotate(claim).stream())
        .toList();
  }

  private static boolean isProtected(PersistentVolumeClaim claim) {
    var annotations = Optional.ofNullable(claim.getMetadata().getAnnotations()).orElse(Map.of());
    return annotations.entrySet().containsAll(Kept.ANNOTATIONS.entrySet());
  }

  private Optional<Finding> annotate(PersistentVolumeClaim claim) {
    try {
      client
          .resource(claim)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              client
                  .getKubernetesSerialization()
                  .asJson(Map.of("metadata", Map.of("annotations", Kept.ANNOTATIONS))));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(Finding.refused(ObjectKey.of(claim), e));
    }
  }
}
