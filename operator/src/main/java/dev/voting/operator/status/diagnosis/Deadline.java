package dev.voting.operator.status.diagnosis;

import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What makes no progress for as long as a Deployment gives its pods by default is no start any
 * more, but an outage that lasts.
 */
public final class Deadline {

  /** A Deployment's {@code progressDeadlineSeconds}. */
  static final Duration TIME = Duration.ofSeconds(600);

  private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");

  private Deadline() {}

  /**
   * When the next deadline is over.
   *
   * @param view what the caches hold
   * @param unavailable the conditions of components that are not available
   * @param now the time
   * @return the time until then; empty when nothing is waited for
   */
  public static Optional<Duration> next(
      ObservedState view, Stream<Condition> unavailable, Instant now) {
    return Stream.concat(
            view.all(Pod.class).stream().flatMap(pod -> since(pod).stream()),
            unavailable.map(condition -> Instant.parse(condition.getLastTransitionTime())))
        .map(since -> Duration.between(now, since.plus(TIME)))
        .filter(Duration::isPositive)
        .min(Comparator.naturalOrder());
  }

  /**
   * Whether a pod has not been ready, or has been about to go, for too long.
   *
   * @param pod as the cluster holds it
   * @param now the time
   */
  public static boolean isOver(Pod pod, Instant now) {
    return since(pod).filter(since -> isOver(since, now)).isPresent();
  }

  static boolean isOver(Instant since, Instant now) {
    return !since.plus(TIME).isAfter(now);
  }

  /** Since when a pod is not as it should be; empty when it is. */
  static Optional<Instant> since(Pod pod) {
    if (pod.isMarkedForDeletion()) {
      return Optional.of(Instant.parse(pod.getMetadata().getDeletionTimestamp()));
    }
    var status = Optional.ofNullable(pod.getStatus());
    if (status.map(PodStatus::getPhase).filter(FINISHED::contains).isPresent()) {
      return Optional.empty();
    }
    var ready =
        status.stream()
            .flatMap(found -> found.getConditions().stream())
            .filter(condition -> condition.getType().equals("Ready"))
            .findFirst();
    if (ready.filter(condition -> condition.getStatus().equals("True")).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        Instant.parse(
            ready
                .map(PodCondition::getLastTransitionTime)
                .orElse(pod.getMetadata().getCreationTimestamp())));
  }
}
