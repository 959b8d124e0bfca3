package dev.voting.operator.status.diagnosis;

import dev.voting.operator.cluster.Availability;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why a component makes no progress, once its {@link Deadline} is over. */
final class Overdue {

  /** As a Deployment's own condition calls it. */
  static final String REASON = "ProgressDeadlineExceeded";

  private Overdue() {}

  /**
   * The first pod that is overdue.
   *
   * @param pods of one component, those that are about to go among them
   * @param events what was last said of a pod, by its uid
   */
  static Optional<Diagnosis> pod(List<Pod> pods, Map<String, String> events, Instant now) {
    return pods.stream()
        .filter(pod -> Deadline.isOver(pod, now))
        .findFirst()
        .map(
            pod ->
                diagnosis(
                    (pod.isMarkedForDeletion()
                            ? "pod %s should have ended at %s; if its node is lost for good, delete the node: %s"
                            : "pod %s has not been ready since %s: %s")
                        .formatted(
                            pod.getMetadata().getName(),
                            Deadline.since(pod).orElseThrow(),
                            Optional.ofNullable(events.get(pod.getMetadata().getUid()))
                                .orElseGet(
                                    () ->
                                        "see kubectl -n %s describe pod %s"
                                            .formatted(
                                                pod.getMetadata().getNamespace(),
                                                pod.getMetadata().getName())))));
  }

  /**
   * A workload whose controller makes no pods, or has given up.
   *
   * @param pods how many there are
   * @param since when it was available last
   */
  static Optional<Diagnosis> workload(
      String component, HasMetadata workload, int pods, Instant since, Instant now) {
    var lacksPods =
        pods < Availability.of(workload).desired()
            && !Availability.isDone(workload)
            && Deadline.isOver(since, now);
    return lacksPods || hasGivenUp(workload)
        ? Optional.of(
            diagnosis(
                "%d pods of %s are there since %s, and it makes no progress; see kubectl -n %s describe %s %s"
                    .formatted(
                        pods,
                        component,
                        since,
                        workload.getMetadata().getNamespace(),
                        workload.getKind().toLowerCase(java.util.Locale.ROOT),
                        workload.getMetadata().getName())))
        : Optional.empty();
  }

  private static boolean hasGivenUp(HasMetadata workload) {
    return workload instanceof Deployment deployment
        && deployment.getStatus() != null
        && deployment.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Progressing")
                        && condition.getStatus().equals("False")
                        && REASON.equals(condition.getReason()));
  }

  private static Diagnosis diagnosis(String message) {
    return new Diagnosis(REASON, message, true);
  }
}
