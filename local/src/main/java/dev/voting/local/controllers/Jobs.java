package dev.voting.local.controllers;

import dev.voting.local.node.Status;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Job to so many pods at a time, until they have succeeded or failed too often. It counts as the
 * real controller does: each pod once, held by a finalizer, and a deleted one as failed unless it
 * had succeeded.
 */
final class Jobs implements Controller {
  private static final String TRACKING = "batch.kubernetes.io/job-tracking";
  private static final int DEFAULT_BACKOFF_LIMIT = 6;

  /**
   * The real one collects changes of pods for so long. A pod that ends meanwhile was not deleted.
   */
  private static final Duration BATCH = Duration.ofSeconds(1);

  /** The real one counts from ten seconds to ten minutes, but nobody waits that long here. */
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);

  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  private final KubernetesClient client;

  /** By the Job's uid. */
  private final Map<String, Failures> failures = new HashMap<>();

  /** Failures since the last success. */
  private record Failures(int count, Instant last) {}

  Jobs(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Duration batch() {
    return BATCH;
  }

  @Override
  public Optional<Duration> reconcile(String namespace, String name) {
    Job job =
        name.isEmpty()
            ? null
            : client.batch().v1().jobs().inNamespace(namespace).withName(name).get();
    if (job == null) {
      releaseOrphans(namespace);
      return Optional.empty();
    }
    if (Owned.isTerminating(job)) {
      Owned.pods(client, job).forEach(this::release);
      return Optional.empty();
    }
    Optional<JobCondition> finished = condition(job, "Complete").or(() -> condition(job, "Failed"));
    if (finished.isPresent()) {
      failures.remove(job.getMetadata().getUid());
      return expire(job, Instant.parse(finished.get().getLastTransitionTime()));
    }
    return new Round(job).run();
  }

  /** One reconciliation of one Job. */
  private final class Round {
    private final Job job;
    private final List<Pod> pods;
    private final List<Pod> newSucceeded;
    private final List<Pod> newFailed;
    private final List<JobCondition> conditions;
    private int terminating;
    private List<Pod> active;

    Round(Job job) {
      this.job = job;
      pods = Owned.pods(client, job);
      newSucceeded =
          pods.stream()
              .filter(pod -> isUncounted(pod) && Owned.hasPhase(pod, "Succeeded"))
              .collect(Collectors.toCollection(ArrayList::new));
      newFailed =
          pods.stream()
              .filter(pod -> isUncounted(pod) && isFailed(job, pod))
              .collect(Collectors.toCollection(ArrayList::new));
      conditions = new ArrayList<>(conditions(job));
      active = pods.stream().filter(Jobs::isActive).toList();
      terminating =
          (int) pods.stream().filter(pod -> Owned.isTerminating(pod) && !isOver(pod)).count();
    }

    Optional<Duration> run() {
      remember();
      Optional<Duration> wait = Optional.empty();
      Optional<JobCondition> end = condition(job, "FailureTarget").or(this::failure);
      if (end.isPresent()) {
        active.forEach(pod -> client.resource(pod).delete());
        terminating += active.size();
        // Pods that have not ended by then count as failed.
        pods.stream()
            .filter(pod -> isUncounted(pod) && !newSucceeded.contains(pod))
            .filter(pod -> !newFailed.contains(pod))
            .forEach(newFailed::add);
        active = List.of();
      } else {
        wait = scale();
        end = condition(job, "SuccessCriteriaMet").or(this::success);
      }
      Stream.concat(newSucceeded.stream(), newFailed.stream()).forEach(Jobs.this::release);
      end.ifPresent(this::note);
      report();
      return wait;
    }

    private Optional<JobCondition> failure() {
      return failed() > backoffLimit(job) || restartedTooOften()
          ? Optional.of(
              condition(
                  "FailureTarget",
                  "BackoffLimitExceeded",
                  "Job has reached the specified backoff limit"))
          : Optional.empty();
    }

    private boolean restartedTooOften() {
      if (!"OnFailure".equals(job.getSpec().getTemplate().getSpec().getRestartPolicy())) {
        return false;
      }
      int restarts =
          pods.stream()
              .filter(pod -> Owned.hasPhase(pod, "Running") || Owned.hasPhase(pod, "Pending"))
              .flatMap(pod -> statuses(pod).stream())
              .mapToInt(ContainerStatus::getRestartCount)
              .sum();
      return restarts > 0 && restarts >= backoffLimit(job);
    }

    private Optional<JobCondition> success() {
      Integer completions = job.getSpec().getCompletions();
      boolean enough = completions == null ? succeeded() > 0 : succeeded() >= completions;
      return enough && active.isEmpty()
          ? Optional.of(
              condition(
                  "SuccessCriteriaMet",
                  "CompletionsReached",
                  "Reached expected number of succeeded pods"))
          : Optional.empty();
    }

    /** Sets first that the Job will end, and that it has ended when no pod runs any more. */
    private void note(JobCondition end) {
      if (conditions.stream().noneMatch(c -> c.getType().equals(end.getType()))) {
        conditions.add(end);
      }
      if (terminating == 0) {
        conditions.add(
            condition(
                end.getType().equals("FailureTarget") ? "Failed" : "Complete",
                end.getReason(),
                end.getMessage()));
      }
    }

    /** Creates missing pods, or deletes surplus ones. */
    private Optional<Duration> scale() {
      int wanted = wanted();
      if (active.size() > wanted) {
        List<Pod> superfluous =
            active.stream()
                .sorted(Comparator.comparing(Owned::isReady))
                .limit(active.size() - wanted)
                .toList();
        superfluous.forEach(
            pod -> {
              // It did not fail: it is not counted.
              release(pod);
              client.resource(pod).delete();
            });
        terminating += superfluous.size();
        active = active.stream().filter(pod -> !superfluous.contains(pod)).toList();
        return Optional.empty();
      }
      int missing = wanted - active.size() - (replacesOnlyFailed(job) ? terminating : 0);
      if (missing <= 0) {
        return Optional.empty();
      }
      Duration wait = backoff();
      if (wait.isPositive()) {
        return Optional.of(wait);
      }
      List<Pod> all = new ArrayList<>(active);
      for (int i = 0; i < missing; i++) {
        all.add(client.resource(pod()).create());
      }
      active = all;
      return Optional.empty();
    }

    private int wanted() {
      if (Boolean.TRUE.equals(job.getSpec().getSuspend())) {
        return 0;
      }
      int parallelism = Optional.ofNullable(job.getSpec().getParallelism()).orElse(1);
      Integer completions = job.getSpec().getCompletions();
      if (completions != null) {
        return Math.max(0, Math.min(parallelism, completions - succeeded()));
      }
      // A work queue: after the first success, running pods continue, and no more are created.
      return succeeded() > 0 ? active.size() : parallelism;
    }

    private Pod pod() {
      String name = job.getMetadata().getName();
      String uid = job.getMetadata().getUid();
      return Owned.pod(
              job,
              job.getSpec().getTemplate(),
              name + "-" + Owned.suffix(),
              Map.of(
                  "batch.kubernetes.io/job-name",
                  name,
                  "job-name",
                  name,
                  "batch.kubernetes.io/controller-uid",
                  uid,
                  "controller-uid",
                  uid))
          .editMetadata()
          .addToFinalizers(TRACKING)
          .endMetadata()
          .build();
    }

    private void remember() {
      String uid = job.getMetadata().getUid();
      if (!newSucceeded.isEmpty()) {
        failures.remove(uid);
      }
      if (!newFailed.isEmpty()) {
        int before = failures.containsKey(uid) ? failures.get(uid).count() : 0;
        failures.put(uid, new Failures(before + newFailed.size(), Instant.now()));
      }
    }

    /** The remaining backoff after the last failures. */
    private Duration backoff() {
      Failures now = failures.get(job.getMetadata().getUid());
      if (now == null) {
        return Duration.ZERO;
      }
      Duration whole = FIRST_BACKOFF.multipliedBy(1L << Math.min(10, now.count() - 1));
      Duration most = whole.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : whole;
      return most.minus(Duration.between(now.last(), Instant.now()));
    }

    private int succeeded() {
      return status(JobStatus::getSucceeded) + newSucceeded.size();
    }

    private int failed() {
      return status(JobStatus::getFailed) + newFailed.size();
    }

    private int status(Function<JobStatus, Integer> field) {
      return Optional.ofNullable(job.getStatus()).map(field).orElse(0);
    }

    private void report() {
      JobStatus before = job.getStatus();
      JobStatusBuilder status =
          new JobStatusBuilder()
              .withStartTime(
                  Optional.ofNullable(before).map(JobStatus::getStartTime).orElseGet(Jobs::now))
              .withActive(active.size())
              .withReady((int) active.stream().filter(Owned::isReady).count())
              .withTerminating(terminating)
              .withSucceeded(zeroIsAbsent(succeeded()))
              .withFailed(zeroIsAbsent(failed()))
              .withNewUncountedTerminatedPods()
              .endUncountedTerminatedPods()
              .withConditions(conditions);
      conditions.stream()
          .filter(condition -> condition.getType().equals("Complete"))
          .forEach(complete -> status.withCompletionTime(complete.getLastTransitionTime()));
      JobStatus next = status.build();
      if (!next.equals(before)) {
        Status.write(client, job, next);
      }
    }
  }

  /** Releases pods whose Job was deleted before they were counted. */
  private void releaseOrphans(String namespace) {
    Set<String> jobs =
        client.batch().v1().jobs().inNamespace(namespace).list().getItems().stream()
            .map(job -> job.getMetadata().getUid())
            .collect(Collectors.toSet());
    client.pods().inNamespace(namespace).list().getItems().stream()
        .filter(
            pod -> Owned.controller(pod).filter(owner -> jobs.contains(owner.getUid())).isEmpty())
        .forEach(this::release);
  }

  private void release(Pod pod) {
    if (isUncounted(pod)) {
      client
          .resource(pod)
          .edit(
              held ->
                  new PodBuilder(held)
                      .editMetadata()
                      .removeFromFinalizers(TRACKING)
                      .endMetadata()
                      .build());
    }
  }

  /** Deletes a finished Job after its TTL. Returns the remaining time. */
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

  private static List<JobCondition> conditions(Job job) {
    return Optional.ofNullable(job.getStatus()).map(JobStatus::getConditions).orElse(List.of());
  }

  private static Optional<JobCondition> condition(Job job, String type) {
    return conditions(job).stream()
        .filter(c -> c.getType().equals(type) && c.getStatus().equals("True"))
        .findFirst();
  }

  /** Whether a pod is held until it is counted. */
  static boolean isUncounted(Pod pod) {
    return pod.getMetadata().getFinalizers().contains(TRACKING);
  }

  private static boolean isFailed(Job job, Pod pod) {
    return Owned.hasPhase(pod, "Failed")
        || !replacesOnlyFailed(job)
            && Owned.isTerminating(pod)
            && !Owned.hasPhase(pod, "Succeeded");
  }

  private static boolean replacesOnlyFailed(Job job) {
    return "Failed".equals(job.getSpec().getPodReplacementPolicy())
        || job.getSpec().getPodFailurePolicy() != null;
  }

  private static boolean isActive(Pod pod) {
    return !Owned.isTerminating(pod) && !isOver(pod);
  }

  private static boolean isOver(Pod pod) {
    return Owned.hasPhase(pod, "Succeeded") || Owned.hasPhase(pod, "Failed");
  }

  private static int backoffLimit(Job job) {
    return Optional.ofNullable(job.getSpec().getBackoffLimit()).orElse(DEFAULT_BACKOFF_LIMIT);
  }

  private static List<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
        ? List.of()
        : pod.getStatus().getContainerStatuses();
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
