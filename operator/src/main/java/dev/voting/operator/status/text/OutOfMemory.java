package dev.voting.operator.status.text;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.Optional;

/** A container that was killed for the memory that it needed. What it said before says nothing. */
public final class OutOfMemory {

  /** As the kubelet calls it. */
  public static final String REASON = "OOMKilled";

  private OutOfMemory() {}

  public static boolean is(ContainerStateTerminated end) {
    return REASON.equals(end.getReason());
  }

  /** What an admin can do about it. */
  public static String text(Pod pod, ContainerStatus status) {
    var component = pod.getMetadata().getLabels().getOrDefault(Names.COMPONENT, "");
    var resources =
        component.equals(status.getName()) && !component.equals(Names.POLL)
            ? "spec.%s.resources".formatted(component)
            : "its resources";
    return limit(pod, status.getName())
        .map(
            limit ->
                "container %s was killed because it needed more memory than its limit of %s: raise %s.limits.memory"
                    .formatted(status.getName(), limit, resources))
        .orElseGet(
            () ->
                "container %s was killed because its node ran out of memory: say what it needs in %s.requests.memory"
                    .formatted(status.getName(), resources));
  }

  private static Optional<Quantity> limit(Pod pod, String container) {
    return pod.getSpec().getContainers().stream()
        .filter(found -> found.getName().equals(container))
        .findFirst()
        .map(Container::getResources)
        .map(ResourceRequirements::getLimits)
        .map(limits -> limits.get("memory"));
  }
}
