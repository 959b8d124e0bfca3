package dev.voting.operator.status.diagnosis;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.status.text.TerminationMessage;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a server that answers has room for more data, as the readiness of the container beside it
 * says.
 */
final class Fullness {

  /** A container that has just started has not been probed yet. */
  private static final Duration START = Duration.ofSeconds(15);

  private static final Diagnosis REDIS =
      new Diagnosis(
          "RedisFull",
          "Redis accepts no more votes, as its memory or its volume is full: they are answered 503 until"
              + " the consumer has counted those that wait; if that does not help, raise"
              + " spec.redis.maxMemory or spec.redis.storage.size",
          true);

  private static final Diagnosis POSTGRES =
      new Diagnosis(
          "DiskFull",
          "the volume of PostgreSQL is full: raise spec.postgres.storage.size; votes wait in Redis"
              + " meanwhile",
          true);

  private Fullness() {}

  /**
   * Finds out whether the server of a pod is full.
   *
   * @param component whose pod it is
   * @param now the time
   */
  static Optional<Diagnosis> of(String component, Pod pod, Instant now) {
    return suspectedSince(component, pod)
        .filter(since -> !now.isBefore(since.plus(START)))
        .map(_ -> component.equals(Names.REDIS) ? REDIS : POSTGRES);
  }

  /**
   * How long it takes until what may be no more than a start counts as full.
   *
   * @return not positive once it does; empty where nothing is suspected
   */
  static Optional<Duration> left(Pod pod, Instant now) {
    return Optional.ofNullable(pod.getMetadata().getLabels())
        .map(labels -> labels.get(Names.COMPONENT))
        .flatMap(component -> suspectedSince(component, pod))
        .map(since -> Duration.between(now, since.plus(START)));
  }

  /** Since when both containers run, of which the server is ready and the one beside it is not. */
  private static Optional<Instant> suspectedSince(String component, Pod pod) {
    var server = status(pod, component).filter(Fullness::isReady).flatMap(Fullness::startedAt);
    var beside =
        status(pod, Names.RELOAD).filter(status -> !isReady(status)).flatMap(Fullness::startedAt);
    return server.flatMap(at -> beside.map(other -> at.isAfter(other) ? at : other));
  }

  private static Optional<ContainerStatus> status(Pod pod, String container) {
    return TerminationMessage.statuses(pod)
        .filter(status -> status.getName().equals(container))
        .findFirst();
  }

  private static boolean isReady(ContainerStatus status) {
    return Boolean.TRUE.equals(status.getReady());
  }

  private static Optional<Instant> startedAt(ContainerStatus status) {
    return Optional.ofNullable(status.getState())
        .map(ContainerState::getRunning)
        .map(ContainerStateRunning::getStartedAt)
        .map(Instant::parse);
  }
}
