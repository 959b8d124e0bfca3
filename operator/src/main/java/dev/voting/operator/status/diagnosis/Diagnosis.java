package dev.voting.operator.status.diagnosis;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.status.text.OutOfMemory;
import dev.voting.operator.status.text.TerminationMessage;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Why a component is not available, in words that show an admin what to do.
 *
 * @param reason one word for machines
 * @param message for people
 * @param serious whether it will not recover by itself in a while, as a start does
 */
public record Diagnosis(String reason, String message, boolean serious) {

  /** What is wrong though everything is as the spec wants it. */
  private static final Set<String> CONVERGED =
      Set.of("RedisFull", "DiskFull", "ConsumerStopped", "ApiStopped");

  private static final Set<String> IMAGE =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");

  /** A container that ended so lately, after several restarts, does so in a loop. */
  private static final Duration LATELY = Duration.ofMinutes(6);

  private static final int SEVERAL = 3;

  /** What the C library says of a full disk, and so every program. */
  private static final String NO_SPACE = "No space left on device";

  /** Whether the operator and Kubernetes have nothing more to do about it. */
  public boolean isConverged() {
    return CONVERGED.contains(reason);
  }

  /**
   * Finds the best reason there is.
   *
   * @param view what the caches hold
   * @param refusal why its pods cannot be made, in the words of the API server
   * @param podEvents what was last said of pods that are overdue, by their uid
   * @param since when the component was available last, or first looked at
   * @param now says how long ago a container ended, and how long something has been missing
   */
  public static Diagnosis of(
      String component,
      HasMetadata workload,
      ObservedState view,
      Optional<String> refusal,
      Map<String, String> podEvents,
      Instant since,
      Instant now) {
    var availability = Availability.of(workload);
    var all =
        view.all(Pod.class).stream()
            .filter(pod -> component.equals(pod.getMetadata().getLabels().get(Names.COMPONENT)))
            .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
            .toList();
    var pods = all.stream().filter(pod -> !pod.isMarkedForDeletion()).toList();
    return suspended(workload)
        .or(() -> pods.stream().flatMap(pod -> containers(component, pod, now)).findFirst())
        .or(
            () ->
                pods.stream().flatMap(pod -> Fullness.of(component, pod, now).stream()).findFirst())
        .or(() -> refusal.or(() -> replicaFailure(workload)).map(said -> refused(component, said)))
        .or(() -> claims(component, view, now))
        .or(() -> pods.stream().flatMap(pod -> scheduling(pod, now)).findFirst())
        .or(() -> Overdue.pod(all, podEvents, now))
        .or(() -> Overdue.workload(component, workload, pods.size(), since, now))
        .orElseGet(
            () ->
                new Diagnosis(
                    availability.current() ? "PodsNotReady" : "RollingOut",
                    "%d of %d pods of %s are ready"
                        .formatted(availability.ready(), availability.desired(), component),
                    false));
  }

  private static Optional<Diagnosis> suspended(HasMetadata workload) {
    return workload instanceof Job job && Boolean.TRUE.equals(job.getSpec().getSuspend())
        ? Optional.of(
            new Diagnosis(
                "JobSuspended",
                "Job %s is suspended: set its spec.suspend to false"
                    .formatted(job.getMetadata().getName()),
                true))
        : Optional.empty();
  }

  private static Stream<Diagnosis> containers(String component, Pod pod, Instant now) {
    var name = pod.getMetadata().getName();
    return TerminationMessage.statuses(pod)
        .flatMap(
            status -> {
              var waiting = Optional.ofNullable(status.getState()).map(ContainerState::getWaiting);
              var reason = waiting.map(ContainerStateWaiting::getReason).orElse("");
              if (IMAGE.contains(reason)) {
                return Stream.of(
                    new Diagnosis(
                        reason,
                        ("image %s of pod %s cannot be pulled: correct spec.%s.image, or let the"
                                + " nodes pull it: %s")
                            .formatted(
                                status.getImage(),
                                name,
                                // The poll's Job has the consumer's.
                                component.equals(Names.POLL) ? Names.CONSUMER : component,
                                waiting.get().getMessage()),
                        true));
              }
              if (reason.equals("CrashLoopBackOff") || endsInALoop(status, now)) {
                return Stream.of(loop(component, pod, status));
              }
              return reason.isEmpty()
                      || reason.equals("ContainerCreating")
                      || reason.equals("PodInitializing")
                  ? Stream.empty()
                  : Stream.of(
                      new Diagnosis(
                          reason,
                          "pod %s: %s"
                              .formatted(
                                  name,
                                  Optional.ofNullable(waiting.get().getMessage()).orElse(reason)),
                          true));
            });
  }

  private static Diagnosis loop(String component, Pod pod, ContainerStatus status) {
    var name = pod.getMetadata().getName();
    var words = TerminationMessage.of(pod, status).orElse("none");
    if (TerminationMessage.ends(status).findFirst().filter(OutOfMemory::is).isPresent()) {
      return new Diagnosis(
          OutOfMemory.REASON, "pod %s keeps ending: %s".formatted(name, words), true);
    }
    if (words.contains(NO_SPACE)) {
      return new Diagnosis(
          "DiskFull",
          "the volume of pod %s is full: raise spec.%s.storage.size. Termination message: %s"
              .formatted(name, component, words),
          true);
    }
    return new Diagnosis(
        "CrashLoopBackOff",
        "pod %s keeps ending; see kubectl -n %s logs %s --previous. Termination message: %s"
            .formatted(name, pod.getMetadata().getNamespace(), name, words),
        true);
  }

  /** Between two waits it runs, or has just ended; to report each would be noise. */
  private static boolean endsInALoop(ContainerStatus status, Instant now) {
    return !Boolean.TRUE.equals(status.getReady())
        && status.getRestartCount() != null
        && status.getRestartCount() >= SEVERAL
        && TerminationMessage.ends(status)
            .map(ContainerStateTerminated::getFinishedAt)
            .filter(Objects::nonNull)
            .anyMatch(at -> Duration.between(Instant.parse(at), now).compareTo(LATELY) < 0);
  }

  private static Stream<Diagnosis> scheduling(Pod pod, Instant now) {
    return Grace.unscheduled(pod).filter(_ -> Grace.isOver(pod, now)).stream()
        .map(
            c ->
                new Diagnosis(
                    c.getReason(),
                    "pod %s finds no node: %s"
                        .formatted(pod.getMetadata().getName(), c.getMessage()),
                    true));
  }

  private static Optional<Diagnosis> claims(String component, ObservedState view, Instant now) {
    return view.all(PersistentVolumeClaim.class).stream()
        .filter(claim -> component.equals(claim.getMetadata().getLabels().get(Names.COMPONENT)))
        .filter(claim -> Grace.isPending(claim) && Grace.isOver(claim, now))
        .findFirst()
        .map(
            claim ->
                new Diagnosis(
                    "ClaimPending",
                    "claim %s has no volume yet; %s, or name another class in spec.%s.storage.storageClassName"
                        .formatted(claim.getMetadata().getName(), provider(claim), component),
                    true));
  }

  /** Who must see to it that there is a volume. */
  private static String provider(PersistentVolumeClaim claim) {
    var name = claim.getSpec().getStorageClassName();
    return name != null && name.isEmpty()
        ? "a PersistentVolume without a class must be created for it"
        : "StorageClass %s must exist and provision one"
            .formatted(name == null ? "(the cluster's default)" : name);
  }

  private static Optional<String> replicaFailure(HasMetadata workload) {
    return workload instanceof Deployment deployment && deployment.getStatus() != null
        ? deployment.getStatus().getConditions().stream()
            .filter(c -> c.getType().equals("ReplicaFailure") && c.getStatus().equals("True"))
            .findFirst()
            .map(DeploymentCondition::getMessage)
        : Optional.empty();
  }

  private static Diagnosis refused(String component, String said) {
    if (said.contains("exceeded quota")) {
      return new Diagnosis(
          "QuotaExceeded",
          "pods of %s do not fit the quota of their namespace; raise it%s: %s"
              .formatted(
                  component,
                  component.equals(Names.POLL)
                      ? ""
                      : ", or ask for less in spec.%s.resources".formatted(component),
                  said),
          true);
    }
    return new Diagnosis(
        said.contains("violates PodSecurity") ? "PodSecurity" : "FailedCreate",
        "pods of %s cannot be made: %s".formatted(component, said),
        true);
  }
}
