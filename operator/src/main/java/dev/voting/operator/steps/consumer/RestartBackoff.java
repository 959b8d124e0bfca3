package dev.voting.operator.steps.consumer;

import dev.voting.crd.VotingAppStatus.JobEnds;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Jobs of one consumer that ended soon, one after the other, and when the next may start: the first
 * time at once, then after a delay that grows while they keep ending.
 *
 * @param inARow how many; 0 when the last one ran well
 * @param last when the last one ended
 */
public record RestartBackoff(int inARow, Instant last) {

  static final RestartBackoff NONE = new RestartBackoff(0, Instant.EPOCH);

  public static final Duration FIRST_DELAY = Duration.ofSeconds(5);
  static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

  /** A Job that ran for this long ran well, however it ended. */
  public static final Duration RAN_WELL = Duration.ofMinutes(10);

  /** The streak that the last status reports, which outlives the operator. */
  static RestartBackoff of(JobEnds reported) {
    return reported == null || reported.inARow() == null || reported.last() == null
        ? NONE
        : new RestartBackoff(reported.inARow(), Instant.parse(reported.last()));
  }

  /**
   * Counts another end, unless it is counted already.
   *
   * @param ended when the Job ended, in whole seconds
   * @param ranFor how long it had run
   */
  RestartBackoff with(Instant ended, Duration ranFor) {
    if (!ended.isAfter(last)) {
      return this;
    }
    return new RestartBackoff(ranFor.compareTo(RAN_WELL) >= 0 ? 0 : inARow + 1, ended);
  }

  /** When the next Job may start. */
  Instant next() {
    if (inARow <= 1) {
      return last;
    }
    var delay = FIRST_DELAY.multipliedBy(1L << Math.min(inARow - 2, 10));
    return last.plus(delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay);
  }

  /** What the status is to report of it; empty when there is nothing. */
  Optional<JobEnds> reported() {
    return inARow == 0 ? Optional.empty() : Optional.of(new JobEnds(inARow, last.toString()));
  }
}
