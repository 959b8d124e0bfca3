package dev.voting.operator.status;

import dev.voting.crd.VotingAppStatus.JobEnds;
import java.util.Optional;

/**
 * What became of the consumer's last Job, for as long as no other one works.
 *
 * @param ended how it ended, in words for people; empty while none has
 * @param failed whether it failed, as opposed to completed
 * @param ends Jobs that ended soon, one after the other; empty while it runs well
 */
public record ConsumerPast(Optional<String> ended, boolean failed, Optional<JobEnds> ends) {

  /** Nothing to report. */
  public static final ConsumerPast NONE =
      new ConsumerPast(Optional.empty(), false, Optional.empty());
}
