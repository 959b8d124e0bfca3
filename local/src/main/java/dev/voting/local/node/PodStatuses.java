package dev.voting.local.node;

import dev.voting.local.node.config.Node;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reports the state of a pod's containers in a PodStatus, as a kubelet does. */
final class PodStatuses {
  private PodStatuses() {}

  /**
   * @param before the last reported status, whose transition times are kept unless a condition
   *     changed
   */
  static PodStatus of(
      Pod pod,
      PodStatus before,
      List<ContainerSnapshot> inits,
      List<ContainerSnapshot> containers,
      Instant startTime) {
    boolean initialised = inits.stream().allMatch(ContainerSnapshot::ready);
    boolean ready = !containers.isEmpty() && containers.stream().allMatch(ContainerSnapshot::ready);
    String phase = phase(pod, containers);
    String reason =
        phase.equals("Succeeded") ? "PodCompleted" : ready ? null : "ContainersNotReady";
    return new PodStatusBuilder()
        .withPhase(phase)
        .withHostIP(Node.ADDRESS)
        .withPodIP(Node.ADDRESS)
        .withPodIPs(new PodIP(Node.ADDRESS))
        .withStartTime(time(startTime))
        .withObservedGeneration(pod.getMetadata().getGeneration())
        .withConditions(
            condition(before, "PodReadyToStartContainers", true, null),
            condition(
                before,
                "Initialized",
                initialised,
                initialised ? null : "ContainersNotInitialized"),
            condition(before, "Ready", ready, reason),
            condition(before, "ContainersReady", ready, reason),
            condition(before, "PodScheduled", true, null))
        .withInitContainerStatuses(inits.stream().map(PodStatuses::container).toList())
        .withContainerStatuses(containers.stream().map(PodStatuses::container).toList())
        .build();
  }

  private static String phase(Pod pod, List<ContainerSnapshot> containers) {
    boolean allEnded =
        containers.stream()
            .allMatch(
                c ->
                    c.state() instanceof ContainerState.Terminated end
                        && !restarts(pod, end.exitCode()));
    if (allEnded) {
      boolean failed =
          containers.stream()
              .anyMatch(
                  c -> c.state() instanceof ContainerState.Terminated end && end.exitCode() != 0);
      return failed ? "Failed" : "Succeeded";
    }
    boolean neverRan =
        containers.stream()
            .allMatch(c -> c.state() instanceof ContainerState.Waiting && c.restarts() == 0);
    return neverRan ? "Pending" : "Running";
  }

  /** Whether the pod's restart policy restarts a container that ended with this code. */
  static boolean restarts(Pod pod, int exitCode) {
    return switch (Optional.ofNullable(pod.getSpec().getRestartPolicy()).orElse("Always")) {
      case "Never" -> false;
      case "OnFailure" -> exitCode != 0;
      default -> true;
    };
  }

  private static PodCondition condition(
      PodStatus before, String type, boolean status, String reason) {
    String text = status ? "True" : "False";
    String since =
        Optional.ofNullable(before).map(PodStatus::getConditions).orElse(List.of()).stream()
            .filter(old -> old.getType().equals(type) && old.getStatus().equals(text))
            .map(PodCondition::getLastTransitionTime)
            .findFirst()
            .orElseGet(() -> time(Instant.now()));
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(text)
        .withReason(reason)
        .withLastTransitionTime(since)
        .build();
  }

  private static ContainerStatus container(ContainerSnapshot container) {
    ContainerStatusBuilder status =
        new ContainerStatusBuilder()
            .withName(container.name())
            .withImage(container.image())
            .withImageID(container.image())
            .withRestartCount(container.restarts())
            .withStarted(container.started())
            .withReady(container.ready())
            .withState(state(container.state()));
    container.last().ifPresent(end -> status.withLastState(state(end)));
    containerId(container.state()).ifPresent(status::withContainerID);
    return status.build();
  }

  private static io.fabric8.kubernetes.api.model.ContainerState state(ContainerState state) {
    ContainerStateBuilder builder = new ContainerStateBuilder();
    switch (state) {
      case ContainerState.Waiting waiting ->
          builder
              .withNewWaiting()
              .withReason(waiting.reason())
              .withMessage(waiting.message())
              .endWaiting();
      case ContainerState.Running running ->
          builder.withNewRunning().withStartedAt(time(running.startedAt())).endRunning();
      case ContainerState.Terminated end ->
          builder
              .withNewTerminated()
              .withExitCode(end.exitCode())
              .withReason(end.reason())
              .withMessage(end.message())
              .withStartedAt(time(end.startedAt()))
              .withFinishedAt(time(end.finishedAt()))
              .withContainerID(process(end.pid()).orElse(null))
              .endTerminated();
    }
    return builder.build();
  }

  private static Optional<String> containerId(ContainerState state) {
    return switch (state) {
      case ContainerState.Waiting _ -> Optional.empty();
      case ContainerState.Running running -> process(running.pid());
      case ContainerState.Terminated end -> process(end.pid());
    };
  }

  /** A container's id names its process here, to inspect or to kill it. */
  private static Optional<String> process(OptionalLong pid) {
    return pid.isPresent() ? Optional.of("process://" + pid.getAsLong()) : Optional.empty();
  }

  /** Kubernetes keeps times to the second. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
