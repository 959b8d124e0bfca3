package dev.voting.operator.steps.storage;

import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a claim asks for, what it has, and what becomes of the difference. */
public final class ClaimSizes {

  static final String STORAGE = "storage";

  /** How long an expansion may take before it is worth an admin's eye. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Set<String> FAILED = Set.of("ControllerResizeError", "NodeResizeError");
  private static final String RESIZING = "Resizing";
  private static final String PENDING = "FileSystemResizePending";
  private static final Set<String> UNDER_WAY = Set.of(RESIZING, PENDING);

  private ClaimSizes() {}

  public static Quantity wanted(StatefulSet set) {
    return requested(set.getSpec().getVolumeClaimTemplates().getFirst());
  }

  static Quantity requested(PersistentVolumeClaim claim) {
    return claim.getSpec().getResources().getRequests().get(STORAGE);
  }

  /** A claim without a volume cannot change; once it has one, that reports its own problems. */
  static boolean isBound(PersistentVolumeClaim claim) {
    return claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
  }

  /** Whether the claim is to ask for something else, as far as Kubernetes lets it. */
  static boolean differs(PersistentVolumeClaim claim, Quantity wanted) {
    return isBound(claim)
        && (less(requested(claim), wanted)
            // What was asked for and did not come about may be taken back, but for the last byte.
            || less(wanted, requested(claim)) && less(capacity(claim), wanted));
  }

  /** Why a volume cannot have the size that the spec has come down to. */
  public static Optional<Finding> shrinks(
      StatefulSet desired, StatefulSet actual, ObservedState view) {
    var wanted = wanted(desired);
    if (!less(wanted, wanted(actual))) {
      return Optional.empty();
    }
    return view.claims(desired).stream()
        .filter(ClaimSizes::isBound)
        .filter(claim -> less(wanted, least(claim)))
        .findFirst()
        .map(
            claim ->
                new Finding(
                    "StorageShrinkRefused",
                    ("%s is %s, but %s has %s, and a volume cannot shrink: set it to %s or more, or"
                            + " create another VotingApp with less and restore a backup into it")
                        .formatted(
                            field(desired),
                            wanted,
                            ObjectKey.of(claim),
                            least(claim),
                            least(claim))));
  }

  /** Why a volume has not grown. */
  static Optional<Finding> stalled(StatefulSet desired, ObservedState view, Instant now) {
    return lacking(desired, view)
        .flatMap(claim -> stalled(desired, claim, view, now).stream())
        .findFirst();
  }

  /** Whether a volume has grown for a while, and its file system has not. */
  static boolean waitsForStart(StatefulSet desired, PersistentVolumeClaim claim, Instant now) {
    return isBound(claim)
        && less(capacity(claim), wanted(desired))
        && conditions(claim, FAILED).findAny().isEmpty()
        && infeasible(claim).isEmpty()
        && conditions(claim, Set.of(PENDING)).anyMatch(c -> !left(c, now).isPositive());
  }

  /** When an expansion that is under way takes too long. */
  public static Optional<Duration> next(StatefulSet desired, ObservedState view, Instant now) {
    return lacking(desired, view)
        .flatMap(
            claim ->
                Stream.concat(
                    conditions(claim, UNDER_WAY).map(condition -> left(condition, now)),
                    sinceStart(desired, view, now).stream()))
        .filter(Duration::isPositive)
        .min(Comparator.naturalOrder());
  }

  private static Stream<PersistentVolumeClaim> lacking(StatefulSet desired, ObservedState view) {
    return view.claims(desired).stream()
        .filter(ClaimSizes::isBound)
        .filter(claim -> less(capacity(claim), wanted(desired)));
  }

  private static Optional<Finding> stalled(
      StatefulSet desired, PersistentVolumeClaim claim, ObservedState view, Instant now) {
    return conditions(claim, FAILED)
        .findFirst()
        .map(PersistentVolumeClaimCondition::getMessage)
        .or(() -> infeasible(claim))
        .map(
            said ->
                new Finding(
                    "StorageGrowthFailed",
                    "the volume of %s has %s and does not grow to %s: set %s to what its storage can give, above %s, or fix the storage: %s"
                        .formatted(
                            ObjectKey.of(claim),
                            capacity(claim),
                            wanted(desired),
                            field(desired),
                            capacity(claim),
                            said)))
        .or(
            () ->
                conditions(claim, UNDER_WAY)
                    .filter(condition -> !left(condition, now).isPositive())
                    .filter(
                        condition ->
                            condition.getType().equals(RESIZING)
                                || sinceStart(desired, view, now)
                                    .filter(left -> !left.isPositive())
                                    .isPresent())
                    .findFirst()
                    .map(
                        condition ->
                            new Finding(
                                "StorageGrowthPending",
                                "the volume of %s has %s and is to have %s; %s"
                                    .formatted(
                                        ObjectKey.of(claim),
                                        capacity(claim),
                                        wanted(desired),
                                        advice(desired, condition)))));
  }

  private static String advice(StatefulSet set, PersistentVolumeClaimCondition condition) {
    return condition.getType().equals(RESIZING)
        ? "its storage has been expanding since %s: kubectl -n %s get events"
            .formatted(condition.getLastTransitionTime(), set.getMetadata().getNamespace())
        : "its pod was restarted, but its file system did not grow: kubectl -n %s describe pod %s-0"
            .formatted(set.getMetadata().getNamespace(), set.getMetadata().getName());
  }

  /** How long the pod that was restarted for a volume has left to have it grow. */
  private static Optional<Duration> sinceStart(StatefulSet set, ObservedState view, Instant now) {
    return view.all(Pod.class).stream()
        .filter(pod -> pod.getMetadata().getName().equals(set.getMetadata().getName() + "-0"))
        .filter(pod -> OfflineGrowth.isNoted(set, pod))
        .map(pod -> pod.getMetadata().getCreationTimestamp())
        .map(since -> Duration.between(now, Instant.parse(since).plus(PATIENCE)))
        .findFirst();
  }

  /** As newer versions of Kubernetes say it, beside or in place of a condition. */
  private static Optional<String> infeasible(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getStatus().getAllocatedResourceStatuses())
        .map(statuses -> statuses.get(STORAGE))
        .filter(status -> status.endsWith("Infeasible"));
  }

  private static Stream<PersistentVolumeClaimCondition> conditions(
      PersistentVolumeClaim claim, Set<String> types) {
    return Optional.ofNullable(claim.getStatus().getConditions()).stream()
        .flatMap(List::stream)
        .filter(condition -> types.contains(condition.getType()))
        .filter(condition -> "True".equals(condition.getStatus()));
  }

  private static Duration left(PersistentVolumeClaimCondition condition, Instant now) {
    return condition.getLastTransitionTime() == null
        ? Duration.ZERO
        : Duration.between(now, Instant.parse(condition.getLastTransitionTime()).plus(PATIENCE));
  }

  /** What it has, whatever has been asked for; and what it asked for, if it got more. */
  private static Quantity least(PersistentVolumeClaim claim) {
    return less(capacity(claim), requested(claim)) ? capacity(claim) : requested(claim);
  }

  private static Quantity capacity(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getStatus().getCapacity())
        .map(capacity -> capacity.get(STORAGE))
        .orElseGet(() -> requested(claim));
  }

  static String field(StatefulSet set) {
    return "spec.%s.storage.size".formatted(set.getMetadata().getName());
  }

  private static boolean less(Quantity one, Quantity other) {
    return amount(one).compareTo(amount(other)) < 0;
  }

  private static BigDecimal amount(Quantity quantity) {
    return quantity.getNumericalAmount();
  }
}
