package dev.voting.operator.status.text;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a container said as it ended. */
public final class TerminationMessage {

  private static final int LONGEST = 500;

  /** What a JVM says at each start of the options that the operator itself gives it. */
  private static final Pattern JVM_GREETING =
      Pattern.compile("(?m)^(NOTE: )?Picked up \\w*JAVA\\w*OPTIONS: .*$\\R?");

  private TerminationMessage() {}

  /**
   * Finds what the container of a pod that ended last said, or how it ended.
   *
   * @param pod as the cluster holds it
   * @return the end of what it said, 500 characters at most; empty when none has ended
   */
  public static Optional<String> of(Pod pod) {
    return statuses(pod).flatMap(status -> of(pod, status).stream()).findFirst();
  }

  /** What a container of a pod said as it ended last, or why it was killed. */
  public static Optional<String> of(Pod pod, ContainerStatus status) {
    return ends(status)
        .findFirst()
        .map(end -> OutOfMemory.is(end) ? OutOfMemory.text(pod, status) : text(end));
  }

  /** How a container ended, the latest end first. */
  public static Stream<ContainerStateTerminated> ends(ContainerStatus status) {
    return Stream.of(
            Optional.ofNullable(status.getState()).map(state -> state.getTerminated()),
            Optional.ofNullable(status.getLastState()).map(state -> state.getTerminated()))
        .flatMap(Optional::stream);
  }

  /**
   * How the containers of a pod ended.
   *
   * @param pod as the cluster holds it
   */
  public static Stream<ContainerStateTerminated> ends(Pod pod) {
    return statuses(pod).flatMap(TerminationMessage::ends);
  }

  public static Stream<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null
        ? Stream.empty()
        : Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream());
  }

  private static String text(ContainerStateTerminated end) {
    return Optional.ofNullable(end.getMessage())
        .map(message -> JVM_GREETING.matcher(message).replaceAll("").strip())
        .map(Redactor::known)
        .filter(message -> !message.isEmpty())
        .map(message -> Excerpt.last(message, LONGEST))
        .orElse("%s, exit code %d".formatted(end.getReason(), end.getExitCode()));
  }
}
