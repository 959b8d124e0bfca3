package dev.voting.operator.reconcile;

import dev.voting.operator.blueprint.Blueprint;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings StatefulSets to what cannot change in them. Claims are patched, and the StatefulSet is
 * deleted, its pods left running, to be re-created with the larger template.
 */
final class ClaimGrowth {

  private static final String STORAGE = "storage";

  private final KubernetesClient client;

  ClaimGrowth(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What can be applied now.
   *
   * @param blueprint without the StatefulSets that are about to be re-created, and with the old
   *     template where the claims cannot grow, so that all else still comes about
   * @param problems why claims cannot grow, or a StatefulSet not be re-created
   */
  record Outcome(Blueprint blueprint, List<Problem> problems) {}

  Outcome grow(Blueprint blueprint, View view) {
    var problems = new ArrayList<Problem>();
    var applicable = blueprint.map(object -> applicable(object, view, problems));
    return new Outcome(applicable, problems);
  }

  private Optional<HasMetadata> applicable(HasMetadata object, View view, List<Problem> problems) {
    if (!(object instanceof StatefulSet desired)) {
      return Optional.of(object);
    }
    var found = view.find(desired);
    if (found.isEmpty()) {
      return Optional.of(desired);
    }
    var actual = found.get();
    if (actual.isMarkedForDeletion()) {
      return Optional.empty();
    }
    // Claims first, and whatever the template says: the cache may not have known them before.
    var refused = growClaims(desired, view);
    if (refused.isPresent()) {
      problems.add(refused.get());
      return recreated(withTemplatesOf(actual, desired), actual, problems);
    }
    return recreated(desired, actual, problems);
  }

  /** Its pods stay, unless they are none that the new one would take for its own. */
  private Optional<HasMetadata> recreated(
      StatefulSet desired, StatefulSet actual, List<Problem> problems) {
    if (!FixedFields.differ(desired, actual)) {
      return Optional.of(desired);
    }
    var pods =
        desired.getSpec().getSelector().equals(actual.getSpec().getSelector())
            ? DeletionPropagation.ORPHAN
            : DeletionPropagation.BACKGROUND;
    try {
      client.resource(actual).withPropagationPolicy(pods).delete();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      problems.add(Problem.refused(ObjectKey.of(actual), e));
      return Optional.of(FixedFields.changeable(desired, Optional.of(actual)));
    }
  }

  /** Claims of a StatefulSet that are smaller than it wants them. */
  static List<PersistentVolumeClaim> growing(HasMetadata desired, View view) {
    return desired instanceof StatefulSet set
        ? claims(set, view).stream().filter(claim -> isSmaller(claim, size(set))).toList()
        : List.of();
  }

  /** A claim of another size, that of a StatefulSet. */
  static PersistentVolumeClaim grown(PersistentVolumeClaim claim, HasMetadata desired) {
    return new PersistentVolumeClaimBuilder(claim)
        .editSpec()
        .editResources()
        .addToRequests(STORAGE, size((StatefulSet) desired))
        .endResources()
        .endSpec()
        .build();
  }

  private Optional<Problem> growClaims(StatefulSet desired, View view) {
    for (var claim : claims(desired, view)) {
      var wanted = size(desired);
      if (isSmaller(claim, wanted)) {
        try {
          client
              .resource(claim)
              .patch(
                  PatchContext.of(PatchType.JSON_MERGE),
                  "{\"spec\":{\"resources\":{\"requests\":{\"%s\":\"%s\"}}}}"
                      .formatted(STORAGE, wanted));
        } catch (KubernetesClientException e) {
          return Optional.of(
              new Problem(
                  "StorageGrowthRefused",
                  ("%s cannot grow from %s to %s; its StorageClass must have"
                          + " allowVolumeExpansion: true, or set the size back: %s")
                      .formatted(ObjectKey.of(claim), size(claim), wanted, Problem.said(e))));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isSmaller(PersistentVolumeClaim claim, Quantity wanted) {
    return isBound(claim)
        && size(claim).getNumericalAmount().compareTo(wanted.getNumericalAmount()) < 0;
  }

  /** A claim without a volume cannot change; once it has one, that tells of itself. */
  private static boolean isBound(PersistentVolumeClaim claim) {
    return claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
  }

  /** Claims are named after template, set and ordinal. */
  static List<PersistentVolumeClaim> claims(StatefulSet set, View view) {
    var prefix =
        set.getSpec().getVolumeClaimTemplates().getFirst().getMetadata().getName()
            + "-"
            + set.getMetadata().getName()
            + "-";
    return view.all(PersistentVolumeClaim.class).stream()
        .filter(
            claim ->
                claim.getMetadata().getNamespace().equals(set.getMetadata().getNamespace())
                    && claim.getMetadata().getName().startsWith(prefix))
        .toList();
  }

  private static StatefulSet withTemplatesOf(StatefulSet actual, StatefulSet desired) {
    var copy = new StatefulSetBuilder(desired).build();
    copy.getSpec()
        .getVolumeClaimTemplates()
        .getFirst()
        .getSpec()
        .getResources()
        .getRequests()
        .put(STORAGE, size(actual));
    return copy;
  }

  private static Quantity size(StatefulSet set) {
    return size(set.getSpec().getVolumeClaimTemplates().getFirst());
  }

  private static Quantity size(PersistentVolumeClaim claim) {
    return claim.getSpec().getResources().getRequests().get(STORAGE);
  }
}
