package dev.voting.local.controllers;

import dev.voting.local.node.Status;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Job to so many pods at a time, until they have done their work or failed too often. */
final class Jobs implements Controller {
  private static final int DEFAULT_BACKOFF_LIMIT = 6;

  private final KubernetesClient client;

  Jobs(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Duration> reconcile(String namespace, String name) {
    Job job = client.batch().v1().jobs().inNamespace(namespace).withName(name).get();
    if (job == null || Owned.isTerminating(job)) {
      return Optional.empty();
    }
    Optional<String> finished = finishedAt(job);
    if (finished.isPresent()) {
      return expire(job, Instant.parse(finished.get()));
    }
    List<Pod> pods = Owned.pods(client, job);
    Optional<JobCondition> end = end(job, pods);
    if (end.isPresent()) {
      pods.stream().filter(Jobs::isActive).forEach(pod -> client.resource(pod).delete());
    } else {
      scale(job, pods);
    }
    report(job, end);
    return Optional.empty();
  }

  private void scale(Job job, List<Pod> pods) {
    List<Pod> active = pods.stream().filter(Jobs::isActive).toList();
    int succeeded = count(pods, "Succeeded");
    int wanted = parallelism(job);
    if (job.getSpec().getCompletions() != null) {
      wanted = Math.min(wanted, job.getSpec().getCompletions() - succeeded);
    } else if (succeeded > 0) {
      // A work queue: once one pod has found it empty, no new ones are started.
      wanted = Math.min(wanted, active.size());
    }
    if (Boolean.TRUE.equals(job.getSpec().getSuspend())) {
      wanted = 0;
    }
    String name = job.getMetadata().getName();
    for (int missing = active.size(); missing < wanted; missing++) {
      client
          .resource(
              Owned.pod(
                      job,
                      job.getSpec().getTemplate(),
                      name + "-" + Owned.suffix(),
                      Map.of(
                          "batch.kubernetes.io/job-name",
                          name,
                          "job-name",
                          name,
                          "batch.kubernetes.io/controller-uid",
                          job.getMetadata().getUid(),
                          "controller-uid",
                          job.getMetadata().getUid()))
                  .build())
          .create();
    }
    active.stream()
        .limit(Math.max(0, active.size() - wanted))
        .forEach(pod -> client.resource(pod).delete());
  }

  /** How the job has ended, if it has. */
  private static Optional<JobCondition> end(Job job, List<Pod> pods) {
    int limit = Optional.ofNullable(job.getSpec().getBackoffLimit()).orElse(DEFAULT_BACKOFF_LIMIT);
    int restarts =
        pods.stream()
            .filter(Jobs::isActive)
            .flatMap(pod -> statuses(pod).stream())
            .mapToInt(ContainerStatus::getRestartCount)
            .sum();
    int failed = count(pods, "Failed");
    if (failed > limit || (restarts > 0 && restarts >= limit)) {
      return Optional.of(
          condition(
              "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"));
    }
    int succeeded = count(pods, "Succeeded");
    boolean complete =
        job.getSpec().getCompletions() == null
            ? succeeded > 0 && pods.stream().noneMatch(Jobs::isActive)
            : succeeded >= job.getSpec().getCompletions();
    return complete
        ? Optional.of(
            condition(
                "Complete", "CompletionsReached", "Reached expected number of succeeded pods"))
        : Optional.empty();
  }

  private void report(Job job, Optional<JobCondition> end) {
    List<Pod> pods = Owned.pods(client, job);
    List<Pod> active = pods.stream().filter(Jobs::isActive).toList();
    JobStatus before = job.getStatus();
    JobStatusBuilder status =
        new JobStatusBuilder()
            .withStartTime(
                Optional.ofNullable(before).map(JobStatus::getStartTime).orElseGet(Jobs::now))
            .withActive(active.size())
            .withReady((int) active.stream().filter(Owned::isReady).count())
            .withTerminating((int) pods.stream().filter(Owned::isTerminating).count())
            .withSucceeded(zeroIsAbsent(count(pods, "Succeeded")))
            .withFailed(zeroIsAbsent(count(pods, "Failed")));
    if (end.isPresent()) {
      status.withConditions(end.get());
      if (end.get().getType().equals("Complete")) {
        status.withCompletionTime(end.get().getLastTransitionTime());
      } else if (status.getFailed() == null) {
        // The pods that were given up count as failed.
        status.withFailed(Math.max(1, active.size()));
      }
    }
    JobStatus next = status.build();
    if (!next.equals(before)) {
      Status.write(client, job, next);
    }
  }

  /** Removes a finished job when its time is up. Returns how long that still takes. */
  private Optional<Duration> expire(Job job, Instant finished) {
    Integer seconds = job.getSpec().getTtlSecondsAfterFinished();
    if (seconds == null) {
      return Optional.empty();
    }
    Duration left = Duration.between(Instant.now(), finished.plusSeconds(seconds));
    if (left.isPositive()) {
      return Optional.of(left);
    }
    client.resource(job).delete();
    return Optional.empty();
  }

  private static Optional<String> finishedAt(Job job) {
    return Optional.ofNullable(job.getStatus())
        .map(JobStatus::getConditions)
        .orElse(List.of())
        .stream()
        .filter(c -> c.getType().equals("Complete") || c.getType().equals("Failed"))
        .filter(c -> c.getStatus().equals("True"))
        .map(JobCondition::getLastTransitionTime)
        .findFirst();
  }

  private static boolean isActive(Pod pod) {
    return !Owned.isTerminating(pod)
        && !Owned.hasPhase(pod, "Succeeded")
        && !Owned.hasPhase(pod, "Failed");
  }

  private static List<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
        ? List.of()
        : pod.getStatus().getContainerStatuses();
  }

  private static int count(List<Pod> pods, String phase) {
    return (int) pods.stream().filter(pod -> Owned.hasPhase(pod, phase)).count();
  }

  private static int parallelism(Job job) {
    return Optional.ofNullable(job.getSpec().getParallelism()).orElse(1);
  }

  private static Integer zeroIsAbsent(int count) {
    return count == 0 ? null : count;
  }

  private static JobCondition condition(String type, String reason, String message) {
    return new JobConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withReason(reason)
        .withMessage(message)
        .withLastProbeTime(now())
        .withLastTransitionTime(now())
        .build();
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
