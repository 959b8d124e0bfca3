package dev.voting.operator.reconcile;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.status.Availability;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Starts an ended Job anew, by deleting it: the next reconciliation makes what is missing. At once
 * after it ran well, and after a growing delay while it keeps ending soon.
 */
final class JobRestarts {

  static final Duration FIRST_DELAY = Duration.ofSeconds(5);
  static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

  /** A Job that ran for this long ran well, however it ended. */
  static final Duration RAN_WELL = Duration.ofMinutes(10);

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<ObjectKey, Integer> ends = new ConcurrentHashMap<>();

  JobRestarts(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * What came of looking at the Jobs.
   *
   * @param restarted Jobs that were deleted to be made anew
   * @param next when to look again; empty when no Job waits
   */
  record Outcome(List<Job> restarted, Optional<Duration> next) {}

  Outcome restart(Blueprint blueprint, View view) {
    var restarted = new ArrayList<Job>();
    var waits = new ArrayList<Duration>();
    blueprint
        .objects()
        .filter(Job.class::isInstance)
        .flatMap(desired -> view.find((Job) desired).stream())
        .filter(job -> !job.isMarkedForDeletion())
        .forEach(
            job ->
                Availability.ended(job)
                    .ifPresent(
                        end -> {
                          var wait = wait(job, end);
                          if (wait.isPositive()) {
                            waits.add(wait);
                          } else {
                            delete(job, end);
                            restarted.add(job);
                          }
                        }));
    return new Outcome(restarted, waits.stream().min(Duration::compareTo));
  }

  private Duration wait(Job job, JobCondition end) {
    var ended = ends.getOrDefault(ObjectKey.of(job), 0);
    if (ended == 0 || ranWell(job, end)) {
      return Duration.ZERO;
    }
    var delay = FIRST_DELAY.multipliedBy(1L << Math.min(ended - 1, 10));
    var due = endedAt(end).plus(delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay);
    return Duration.between(clock.instant(), due);
  }

  private void delete(Job job, JobCondition end) {
    var key = ObjectKey.of(job);
    if (ranWell(job, end)) {
      ends.remove(key);
    } else {
      ends.merge(key, 1, Integer::sum);
    }
    // This very Job: the name may already be another's.
    client.resource(job).lockResourceVersion(job.getMetadata().getResourceVersion()).delete();
  }

  private boolean ranWell(Job job, JobCondition end) {
    var started = job.getStatus().getStartTime();
    return started != null
        && Duration.between(Instant.parse(started), endedAt(end)).compareTo(RAN_WELL) >= 0;
  }

  private Instant endedAt(JobCondition end) {
    return end.getLastTransitionTime() == null
        ? clock.instant()
        : Instant.parse(end.getLastTransitionTime());
  }
}
