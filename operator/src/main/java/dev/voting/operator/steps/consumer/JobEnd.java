package dev.voting.operator.steps.consumer;

import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.status.text.TerminationMessage;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a Job ended.
 *
 * @param uid of the Job
 * @param apps the uids of the VotingApps that own it
 * @param failed whether it failed, as opposed to completed
 * @param why in a word, as Kubernetes says it
 * @param at when, in whole seconds
 * @param ranFor how long it had run
 */
record JobEnd(
    String uid, List<String> apps, boolean failed, String why, Instant at, Duration ranFor) {

  /**
   * How long after its grace period a pod may still be ending, before its node is taken for gone.
   */
  private static final Duration LOST = Duration.ofMinutes(1);

  /**
   * Reads a Job's end.
   *
   * @param now replaces a time that its controller has not reported
   * @return empty while it runs
   */
  static Optional<JobEnd> of(Job job, Instant now) {
    return Availability.ended(job)
        .map(
            end -> {
              var at =
                  Optional.ofNullable(end.getLastTransitionTime()).map(Instant::parse).orElse(now);
              return new JobEnd(
                  job.getMetadata().getUid(),
                  Ownership.owners(job),
                  end.getType().equals("Failed"),
                  Optional.ofNullable(end.getReason())
                      .filter(reason -> !reason.isBlank())
                      .orElse(end.getType()),
                  at,
                  ranFor(job, at));
            });
  }

  /**
   * Whether its pods keep ending well without being asked to: a Job that never completes would have
   * them replaced at once, for ever.
   *
   * @param pods of any owner
   * @return an end when as many did as its pods may fail
   */
  static Optional<JobEnd> byItself(Job job, List<Pod> pods) {
    return of(job, pods)
        .filter(pod -> !pod.isMarkedForDeletion())
        .filter(pod -> pod.getStatus() != null && "Succeeded".equals(pod.getStatus().getPhase()))
        .map(JobEnd::finishedAt)
        .sorted()
        .skip(job.getSpec().getBackoffLimit())
        .findFirst()
        .map(
            at ->
                new JobEnd(
                    job.getMetadata().getUid(),
                    Ownership.owners(job),
                    false,
                    "Complete",
                    at,
                    ranFor(job, at)));
  }

  /**
   * When a pod that does not end counts as lost with its node. The Job replaces no pod that has not
   * ended, so that it takes another Job.
   *
   * @param pods of any owner
   * @return empty while no pod is ending
   */
  static Optional<Instant> lostAt(Job job, List<Pod> pods) {
    return of(job, pods)
        .filter(Pod::isMarkedForDeletion)
        .map(pod -> Instant.parse(pod.getMetadata().getDeletionTimestamp()).plus(LOST))
        .min(Comparator.naturalOrder());
  }

  private static Stream<Pod> of(Job job, List<Pod> pods) {
    return pods.stream()
        .filter(
            pod ->
                pod.getMetadata().getOwnerReferences().stream()
                    .anyMatch(owner -> owner.getUid().equals(job.getMetadata().getUid())));
  }

  private static Instant finishedAt(Pod pod) {
    return TerminationMessage.ends(pod)
        .map(ContainerStateTerminated::getFinishedAt)
        .filter(Objects::nonNull)
        .map(Instant::parse)
        .max(Comparator.naturalOrder())
        .orElseGet(() -> Instant.parse(pod.getMetadata().getCreationTimestamp()));
  }

  private static Duration ranFor(Job job, Instant until) {
    return Optional.ofNullable(job.getStatus())
        .map(JobStatus::getStartTime)
        .map(started -> Duration.between(Instant.parse(started), until))
        .orElse(Duration.ZERO);
  }
}
