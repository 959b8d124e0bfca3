package dev.voting.operator.steps.storage;

import dev.voting.operator.apply.Writes;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.PostgresReport;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Claims that never got a volume, and so hold nothing. Until they have one they cannot change, and
 * one that asks for what nobody provides never gets one: so where the spec asks for something else
 * by now they are deleted, for the StatefulSet's controller to make them from its new template.
 */
final class UnboundClaims {

  /** What the cluster notes on a claim once it is bound, for good. */
  private static final String BOUND = "pv.kubernetes.io/bind-completed";

  /** On a claim: its StatefulSet is re-created with another template. */
  private static final String OUTDATED = "voting.dev/outdated";

  private final Writes writes;

  UnboundClaims(Writes writes) {
    this.writes = writes;
  }

  /**
   * Whether a claim never had a volume, nor stands for one that somebody else means it to have,
   * such as a restored one.
   */
  static boolean isEmpty(PersistentVolumeClaim claim) {
    var spec = claim.getSpec();
    var status = claim.getStatus();
    var annotations = claim.getMetadata().getAnnotations();
    return status != null
        && "Pending".equals(status.getPhase())
        && (status.getCapacity() == null || status.getCapacity().isEmpty())
        && (spec.getVolumeName() == null || spec.getVolumeName().isEmpty())
        && spec.getSelector() == null
        && spec.getDataSource() == null
        && spec.getDataSourceRef() == null
        && (annotations == null || !annotations.containsKey(BOUND))
        && PostgresReport.recorded(claim).isEmpty();
  }

  /**
   * Notes on the empty claims that they are of a template that is about to be replaced. Which class
   * they were to have cannot be seen from them alone, for the default one is filled in.
   *
   * @return what went wrong
   */
  Optional<Finding> note(StatefulSet desired, StatefulSet actual, ObservedState view) {
    var sameClass = Objects.equals(ClaimClasses.wanted(desired), ClaimClasses.wanted(actual));
    for (var claim : view.claims(desired)) {
      var fits = sameClass || hasClass(claim, ClaimClasses.wanted(desired));
      if (isEmpty(claim)
          && !claim.isMarkedForDeletion()
          && !isNoted(claim)
          && !(fits && hasSize(claim, desired))) {
        try {
          writes.merge(claim, Map.of("metadata", Map.of("annotations", Map.of(OUTDATED, "true"))));
        } catch (KubernetesClientException e) {
          return Optional.of(Finding.refused(ObjectKey.of(claim), e));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Deletes the empty claims that are not as a StatefulSet would make them.
   *
   * @param actual the StatefulSet as it is; while there is none, none makes them again from its old
   *     template
   * @return whether there are any that are about to be gone
   */
  boolean clear(
      StatefulSet desired,
      Optional<StatefulSet> actual,
      ObservedState view,
      List<Finding> problems) {
    var going = false;
    for (var claim : view.claims(desired)) {
      if (isEmpty(claim) && isOutdated(claim, desired, actual)) {
        var problem = claim.isMarkedForDeletion() ? Optional.<Finding>empty() : delete(claim);
        problem.ifPresent(problems::add);
        going |= problem.isEmpty();
      }
    }
    return going;
  }

  private static boolean isOutdated(
      PersistentVolumeClaim claim, StatefulSet desired, Optional<StatefulSet> actual) {
    var wanted = ClaimClasses.wanted(desired);
    var differs = wanted != null && !hasClass(claim, wanted) || !hasSize(claim, desired);
    return isNoted(claim) || differs && actual.filter(set -> !isOlder(claim, set)).isEmpty();
  }

  private static boolean isNoted(PersistentVolumeClaim claim) {
    var annotations = claim.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(OUTDATED);
  }

  private static boolean hasClass(PersistentVolumeClaim claim, String name) {
    return Objects.equals(claim.getSpec().getStorageClassName(), name);
  }

  private static boolean hasSize(PersistentVolumeClaim claim, StatefulSet desired) {
    return ClaimSizes.requested(claim)
            .getNumericalAmount()
            .compareTo(ClaimSizes.wanted(desired).getNumericalAmount())
        == 0;
  }

  /** So that a claim that somebody changes at its creation is not made again for ever. */
  private static boolean isOlder(PersistentVolumeClaim claim, StatefulSet set) {
    return Instant.parse(claim.getMetadata().getCreationTimestamp())
        .isBefore(Instant.parse(set.getMetadata().getCreationTimestamp()));
  }

  /** Only as it was seen: what has got a volume since is another version. */
  private Optional<Finding> delete(PersistentVolumeClaim claim) {
    try {
      writes.deleteUnchanged(claim);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return e.getCode() == 409
          ? Optional.empty()
          : Optional.of(Finding.notDeleted(ObjectKey.of(claim), e));
    }
  }
}
