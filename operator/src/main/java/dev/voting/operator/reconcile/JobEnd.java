package dev.voting.operator.reconcile;

import dev.voting.operator.status.Availability;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How a Job ended.
 *
 * @param uid of the Job
 * @param failed whether it failed, as opposed to completed
 * @param why in a word, as Kubernetes says it
 * @param at when, in whole seconds
 * @param ranFor how long it had run
 */
record JobEnd(String uid, boolean failed, String why, Instant at, Duration ranFor) {

  /**
   * Reads a Job's end.
   *
   * @param now stands in for a time that its controller has not told
   * @return empty while it runs
   */
  static Optional<JobEnd> of(Job job, Instant now) {
    return Availability.ended(job)
        .map(
            end -> {
              var at =
                  Optional.ofNullable(end.getLastTransitionTime()).map(Instant::parse).orElse(now);
              var started =
                  Optional.ofNullable(job.getStatus().getStartTime())
                      .map(Instant::parse)
                      .orElse(at);
              return new JobEnd(
                  job.getMetadata().getUid(),
                  end.getType().equals("Failed"),
                  Optional.ofNullable(end.getReason())
                      .filter(reason -> !reason.isBlank())
                      .orElse(end.getType()),
                  at,
                  Duration.between(started, at));
            });
  }
}
