package dev.voting.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a container said as it ended. */
public final class LastWords {

  private static final int LONGEST = 500;

  private LastWords() {}

  /**
   * Finds what the container of a pod that ended last said, or how it ended.
   *
   * @param pod as the cluster holds it
   * @return the end of what it said, 500 characters at most; empty when none has ended
   */
  public static Optional<String> of(Pod pod) {
    return statuses(pod).flatMap(LastWords::ends).findFirst().map(LastWords::text);
  }

  /** What the first of several pods said. */
  static Optional<String> of(List<Pod> pods) {
    return pods.stream().flatMap(pod -> of(pod).stream()).findFirst();
  }

  /** How a container ended, the latest end first. */
  static Stream<ContainerStateTerminated> ends(ContainerStatus status) {
    return Stream.of(
            Optional.ofNullable(status.getState()).map(state -> state.getTerminated()),
            Optional.ofNullable(status.getLastState()).map(state -> state.getTerminated()))
        .flatMap(Optional::stream);
  }

  static Stream<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null
        ? Stream.empty()
        : Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream());
  }

  static String text(ContainerStateTerminated end) {
    return Optional.ofNullable(end.getMessage())
        .map(String::strip)
        .filter(message -> !message.isEmpty())
        .map(message -> message.substring(Math.max(0, message.length() - LONGEST)))
        .orElse("%s, exit code %d".formatted(end.getReason(), end.getExitCode()));
  }
}
