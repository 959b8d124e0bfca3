package dev.voting.operator.cluster;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a pod of PostgreSQL reports: its init container reads the version of the data, and that of
 * the server, before the server starts.
 *
 * @param image what it was made with
 * @param server the major version that the image brings
 * @param data the major version of the data; empty while there are none
 * @param refused whether the server cannot read the data, and so was not started
 */
public record PostgresReport(String image, String server, Optional<String> data, boolean refused) {

  /** Annotation of a claim: the major version of PostgreSQL whose data it holds. */
  public static final String ANNOTATION = "voting.dev/postgres-major";

  /** As version.sh writes it. */
  private static final Pattern WORDS =
      Pattern.compile("PostgreSQL (\\d+)[^,]*, (?:no data|data of (\\d+(?:\\.\\d+)?))");

  /**
   * Reads a pod's status.
   *
   * @return empty while the pod has not reported
   */
  public static Optional<PostgresReport> of(Pod pod) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    var image =
        find(pod.getSpec().getContainers(), Container::getName).map(Container::getImage).orElse("");
    return pod.getStatus().getInitContainerStatuses().stream()
        .filter(status -> status.getName().equals(Names.VERSION))
        .flatMap(PostgresReport::ends)
        .flatMap(end -> report(image, end, pod).stream())
        .findFirst();
  }

  /** The major version of the data in a claim, if it is known to hold any. */
  public static Optional<String> recorded(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(ANNOTATION));
  }

  /** What the pod of a StatefulSet reports. */
  public static Optional<PostgresReport> of(StatefulSet set, ObservedState view) {
    return view.all(Pod.class).stream()
        .filter(pod -> Ownership.isOf(Ownership.component(set), pod))
        .filter(pod -> !pod.isMarkedForDeletion())
        .flatMap(pod -> of(pod).stream())
        .findFirst();
  }

  private static Optional<PostgresReport> report(
      String image, ContainerStateTerminated end, Pod pod) {
    var words = WORDS.matcher(Optional.ofNullable(end.getMessage()).orElse(""));
    if (!words.find()) {
      return Optional.empty();
    }
    var server = words.group(1);
    return Optional.of(
        new PostgresReport(
            image,
            server,
            // Once it has started, it has made them.
            Optional.ofNullable(words.group(2))
                .or(() -> hasStarted(pod) ? Optional.of(server) : Optional.empty()),
            end.getExitCode() != 0));
  }

  /** The server has passed its startup probe, and so has initialised its data. */
  private static boolean hasStarted(Pod pod) {
    return find(pod.getStatus().getContainerStatuses(), ContainerStatus::getName)
        .filter(
            status ->
                Boolean.TRUE.equals(status.getStarted()) || Boolean.TRUE.equals(status.getReady()))
        .isPresent();
  }

  private static Stream<ContainerStateTerminated> ends(ContainerStatus status) {
    return Stream.of(
            Optional.ofNullable(status.getState()), Optional.ofNullable(status.getLastState()))
        .flatMap(state -> state.map(ContainerState::getTerminated).stream());
  }

  /** The server among a pod's containers, whatever else was put beside it. */
  public static <T> Optional<T> find(List<T> all, Function<T, String> name) {
    return all.stream().filter(one -> Names.POSTGRES.equals(name.apply(one))).findFirst();
  }
}
