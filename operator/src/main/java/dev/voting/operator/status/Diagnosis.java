package dev.voting.operator.status;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.reconcile.View;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Why a component is not available, in words that tell an admin what to do.
 *
 * @param reason one word for machines
 * @param message for people
 * @param serious whether it will not mend itself in a while, as a start does
 */
record Diagnosis(String reason, String message, boolean serious) {

  private static final Set<String> IMAGE =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");

  /** Finds the best reason there is. */
  static Diagnosis of(String component, HasMetadata workload, View view) {
    var availability = Availability.of(workload);
    var pods =
        view.all(Pod.class).stream()
            .filter(pod -> component.equals(pod.getMetadata().getLabels().get(Names.COMPONENT)))
            .filter(pod -> !pod.isMarkedForDeletion())
            .toList();
    return ended(workload, pods)
        .or(() -> pods.stream().flatMap(pod -> containers(component, pod)).findFirst())
        .or(() -> claims(component, view))
        .or(() -> pods.stream().flatMap(Diagnosis::scheduling).findFirst())
        .or(() -> refusedPods(workload))
        .orElseGet(
            () ->
                new Diagnosis(
                    availability.current() ? "PodsNotReady" : "RollingOut",
                    "%d of %d pods of %s are ready"
                        .formatted(availability.ready(), availability.desired(), component),
                    false));
  }

  private static Optional<Diagnosis> ended(HasMetadata workload, List<Pod> pods) {
    if (!(workload instanceof Job job)) {
      return Optional.empty();
    }
    return Availability.ended(job)
        .map(
            end ->
                new Diagnosis(
                    "Job" + end.getType(),
                    "Job %s ended (%s) and is started anew soon%s"
                        .formatted(
                            job.getMetadata().getName(),
                            Optional.ofNullable(end.getReason()).orElse(end.getType()),
                            lastWords(pods).map(": "::concat).orElse("")),
                    end.getType().equals("Failed")));
  }

  private static Stream<Diagnosis> containers(String component, Pod pod) {
    return statuses(pod)
        .filter(status -> status.getState() != null && status.getState().getWaiting() != null)
        .flatMap(
            status -> {
              var waiting = status.getState().getWaiting();
              var reason = Optional.ofNullable(waiting.getReason()).orElse("");
              var name = pod.getMetadata().getName();
              if (IMAGE.contains(reason)) {
                return Stream.of(
                    new Diagnosis(
                        reason,
                        "image %s of pod %s cannot be pulled; correct spec.%s.image: %s"
                            .formatted(status.getImage(), name, component, waiting.getMessage()),
                        true));
              }
              if (reason.equals("CrashLoopBackOff")) {
                return Stream.of(
                    new Diagnosis(
                        reason,
                        "pod %s keeps ending after %d restarts%s"
                            .formatted(
                                name,
                                status.getRestartCount(),
                                lastWords(List.of(pod)).map(": "::concat).orElse("")),
                        true));
              }
              return reason.isEmpty()
                      || reason.equals("ContainerCreating")
                      || reason.equals("PodInitializing")
                  ? Stream.empty()
                  : Stream.of(
                      new Diagnosis(
                          reason, "pod %s: %s".formatted(name, waiting.getMessage()), true));
            });
  }

  private static Stream<Diagnosis> scheduling(Pod pod) {
    if (pod.getStatus() == null) {
      return Stream.empty();
    }
    return pod.getStatus().getConditions().stream()
        .filter(c -> c.getType().equals("PodScheduled") && c.getStatus().equals("False"))
        .filter(c -> c.getReason() != null)
        .map(
            c ->
                new Diagnosis(
                    c.getReason(),
                    "pod %s finds no node: %s"
                        .formatted(pod.getMetadata().getName(), c.getMessage()),
                    true));
  }

  private static Optional<Diagnosis> claims(String component, View view) {
    return view.all(PersistentVolumeClaim.class).stream()
        .filter(claim -> component.equals(claim.getMetadata().getLabels().get(Names.COMPONENT)))
        .filter(
            claim -> claim.getStatus() != null && "Pending".equals(claim.getStatus().getPhase()))
        .findFirst()
        .map(
            claim ->
                new Diagnosis(
                    "ClaimPending",
                    ("claim %s has no volume yet; StorageClass %s must exist and provision one, or"
                            + " name another in a new VotingApp's spec.%s.storage.storageClassName")
                        .formatted(
                            claim.getMetadata().getName(),
                            Optional.ofNullable(claim.getSpec().getStorageClassName())
                                .orElse("(the cluster's default)"),
                            component),
                    true));
  }

  private static Optional<Diagnosis> refusedPods(HasMetadata workload) {
    return workload instanceof Deployment deployment && deployment.getStatus() != null
        ? deployment.getStatus().getConditions().stream()
            .filter(c -> c.getType().equals("ReplicaFailure") && c.getStatus().equals("True"))
            .findFirst()
            .map(
                c ->
                    new Diagnosis(
                        c.getMessage().contains("exceeded quota") ? "QuotaExceeded" : c.getReason(),
                        "no pod can be made: " + c.getMessage(),
                        true))
        : Optional.empty();
  }

  /** What the container that ended last said, or how it ended. */
  private static Optional<String> lastWords(List<Pod> pods) {
    return pods.stream()
        .flatMap(Diagnosis::statuses)
        .flatMap(
            status ->
                Stream.of(
                    Optional.ofNullable(status.getState()).map(state -> state.getTerminated()),
                    Optional.ofNullable(status.getLastState()).map(state -> state.getTerminated())))
        .flatMap(Optional::stream)
        .findFirst()
        .map(
            end ->
                Optional.ofNullable(end.getMessage())
                    .map(String::strip)
                    .filter(message -> !message.isEmpty())
                    .orElse("%s, exit code %d".formatted(end.getReason(), end.getExitCode())));
  }

  private static Stream<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null
        ? Stream.empty()
        : Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream());
  }
}
