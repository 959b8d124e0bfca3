package dev.voting.operator.status.diagnosis;

import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What every start passes through for a moment, a claim without a volume and a pod without a node,
 * is a problem only when it stays.
 */
public final class Grace {

  private static final Duration TIME = Duration.ofSeconds(10);

  private Grace() {}

  /**
   * When something that may still come right by itself becomes a problem.
   *
   * @param view what the caches hold
   * @param now the time
   * @return the time until the first does; empty when there is no such thing
   */
  public static Optional<Duration> next(ObservedState view, Instant now) {
    var pods = view.all(Pod.class);
    var waiting =
        Stream.<HasMetadata>concat(
                view.all(PersistentVolumeClaim.class).stream().filter(Grace::isPending),
                pods.stream().filter(pod -> unscheduled(pod).isPresent()))
            .map(object -> left(object, now));
    var full = pods.stream().flatMap(pod -> Fullness.left(pod, now).stream());
    return Stream.concat(waiting, full).filter(Duration::isPositive).min(Comparator.naturalOrder());
  }

  /** Whether an object had time enough. */
  static boolean isOver(HasMetadata object, Instant now) {
    return !left(object, now).isPositive();
  }

  /** Whether a claim has no volume yet. */
  static boolean isPending(PersistentVolumeClaim claim) {
    return claim.getStatus() != null && "Pending".equals(claim.getStatus().getPhase());
  }

  /** Why a pod has no node yet. */
  static Optional<PodCondition> unscheduled(Pod pod) {
    return Optional.ofNullable(pod.getStatus()).stream()
        .flatMap(status -> status.getConditions().stream())
        .filter(c -> c.getType().equals("PodScheduled") && c.getStatus().equals("False"))
        .filter(c -> c.getReason() != null)
        .findFirst();
  }

  private static Duration left(HasMetadata object, Instant now) {
    return Duration.between(
        now, Instant.parse(object.getMetadata().getCreationTimestamp()).plus(TIME));
  }
}
