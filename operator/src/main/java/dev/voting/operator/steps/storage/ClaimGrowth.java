package dev.voting.operator.steps.storage;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings StatefulSets to what cannot change in them. Claims are patched, and the StatefulSet is
 * deleted, its pods left running, to be re-created with the larger template.
 */
public final class ClaimGrowth {

  private final KubernetesClient client;
  private final UnboundClaims unbound;

  public ClaimGrowth(KubernetesClient client) {
    this.client = client;
    this.unbound = new UnboundClaims(client);
  }

  /**
   * What can be applied now.
   *
   * @param blueprint without the StatefulSets that are about to be re-created, and with the old
   *     template where the claims cannot grow, so that all else still comes about
   * @param obstacles why volumes are not of the size that is wanted, which no retry mends
   * @param problems why claims cannot grow, or a StatefulSet not be re-created
   * @param next when to look again, if ever
   */
  public record Outcome(
      Blueprint blueprint,
      List<Finding> obstacles,
      List<Finding> problems,
      Optional<Duration> next) {}

  public Outcome grow(Blueprint blueprint, ObservedState view, Instant now) {
    var problems = new ArrayList<Finding>();
    var obstacles = new ArrayList<Finding>();
    var waits = new ArrayList<Duration>();
    var applicable =
        blueprint.map(
            object -> {
              if (!(OfflineGrowth.withStart(object, view) instanceof StatefulSet desired)) {
                return Optional.of(object);
              }
              problems.addAll(OfflineGrowth.note(client, desired, view, now));
              ClaimSizes.stalled(desired, view, now).ifPresent(obstacles::add);
              ClaimSizes.next(desired, view, now).ifPresent(waits::add);
              return applicable(desired, view, obstacles, problems);
            });
    return new Outcome(applicable, obstacles, problems, waits.stream().min(Duration::compareTo));
  }

  private Optional<HasMetadata> applicable(
      StatefulSet wanted, ObservedState view, List<Finding> obstacles, List<Finding> problems) {
    var found = view.find(wanted);
    if (found.isEmpty()) {
      return unbound.clear(wanted, found, view, problems) ? Optional.empty() : Optional.of(wanted);
    }
    var actual = found.get();
    if (actual.isMarkedForDeletion()) {
      return Optional.empty();
    }
    var kept = ClaimClasses.refused(wanted, actual, view);
    kept.ifPresent(obstacles::add);
    var desired = kept.isPresent() ? ClaimClasses.withClassOf(actual, wanted) : wanted;
    var shrinks = ClaimSizes.shrinks(desired, actual, view);
    if (shrinks.isPresent()) {
      obstacles.add(shrinks.get());
      return recreated(withTemplatesOf(actual, desired), actual, view, problems);
    }
    // Claims first, and whatever the template says: the cache may not have known them before.
    var refused = growClaims(desired, view);
    if (refused.isPresent()) {
      problems.add(refused.get());
      return recreated(withTemplatesOf(actual, desired), actual, view, problems);
    }
    return recreated(desired, actual, view, problems);
  }

  /** Its pods stay, unless they are none that the new one would take for its own. */
  private Optional<HasMetadata> recreated(
      StatefulSet desired, StatefulSet actual, ObservedState view, List<Finding> problems) {
    if (!FixedFields.differ(desired, actual)) {
      unbound.clear(desired, Optional.of(actual), view, problems);
      return Optional.of(desired);
    }
    var pods =
        desired.getSpec().getSelector().equals(actual.getSpec().getSelector())
            ? DeletionPropagation.ORPHAN
            : DeletionPropagation.BACKGROUND;
    var refused = unbound.note(desired, actual, view);
    if (refused.isPresent()) {
      problems.add(refused.get());
      return Optional.of(FixedFields.changeable(desired, Optional.of(actual)));
    }
    try {
      client.resource(actual).withPropagationPolicy(pods).delete();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      problems.add(Finding.notDeleted(ObjectKey.of(actual), e));
      return Optional.of(FixedFields.changeable(desired, Optional.of(actual)));
    }
  }

  /** The object as it may be applied where its claims cannot be what the spec asks for. */
  public static HasMetadata withPossibleClaims(HasMetadata desired, ObservedState view) {
    return desired instanceof StatefulSet set
        ? view.find(set)
            .<HasMetadata>map(actual -> withPossibleClaims(set, actual, view))
            .orElse(desired)
        : desired;
  }

  private static StatefulSet withPossibleClaims(
      StatefulSet wanted, StatefulSet actual, ObservedState view) {
    var desired =
        ClaimClasses.refused(wanted, actual, view).isPresent()
            ? ClaimClasses.withClassOf(actual, wanted)
            : wanted;
    return ClaimSizes.shrinks(desired, actual, view).isPresent()
        ? withTemplatesOf(actual, desired)
        : desired;
  }

  /** Claims of a StatefulSet that are to ask for another size. */
  public static List<PersistentVolumeClaim> growing(HasMetadata desired, ObservedState view) {
    return desired instanceof StatefulSet set
        ? view.claims(set).stream()
            .filter(claim -> ClaimSizes.differs(claim, ClaimSizes.wanted(set)))
            .toList()
        : List.of();
  }

  /** A claim of another size, that of a StatefulSet. */
  public static PersistentVolumeClaim grown(PersistentVolumeClaim claim, HasMetadata desired) {
    return new PersistentVolumeClaimBuilder(claim)
        .editSpec()
        .editResources()
        .addToRequests(ClaimSizes.STORAGE, ClaimSizes.wanted((StatefulSet) desired))
        .endResources()
        .endSpec()
        .build();
  }

  private Optional<Finding> growClaims(StatefulSet desired, ObservedState view) {
    for (var claim : view.claims(desired)) {
      var wanted = ClaimSizes.wanted(desired);
      if (ClaimSizes.differs(claim, wanted)) {
        try {
          client
              .resource(claim)
              .patch(
                  PatchContext.of(PatchType.JSON_MERGE),
                  "{\"spec\":{\"resources\":{\"requests\":{\"%s\":\"%s\"}}}}"
                      .formatted(ClaimSizes.STORAGE, wanted));
        } catch (KubernetesClientException e) {
          return Optional.of(
              new Finding(
                  "StorageGrowthRefused",
                  ("%s cannot grow from %s to %s; its StorageClass must have"
                          + " allowVolumeExpansion: true, or set %s back to %s: %s")
                      .formatted(
                          ObjectKey.of(claim),
                          ClaimSizes.requested(claim),
                          wanted,
                          ClaimSizes.field(desired),
                          ClaimSizes.requested(claim),
                          Finding.said(e))));
        }
      }
    }
    return Optional.empty();
  }

  private static StatefulSet withTemplatesOf(StatefulSet actual, StatefulSet desired) {
    var copy = new StatefulSetBuilder(desired).build();
    copy.getSpec()
        .getVolumeClaimTemplates()
        .getFirst()
        .getSpec()
        .getResources()
        .getRequests()
        .put(ClaimSizes.STORAGE, ClaimSizes.wanted(actual));
    return copy;
  }
}
