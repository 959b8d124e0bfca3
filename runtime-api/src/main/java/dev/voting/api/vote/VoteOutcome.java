package dev.voting.api.vote;

import dev.voting.api.poll.PollGate;

/** The result of writing a vote. Only {@link Recorded} may be answered with 201. */
public sealed interface VoteOutcome {

  /**
   * Redis has accepted the vote.
   *
   * @param streamId the id of its stream entry
   */
  record Recorded(String streamId) implements VoteOutcome {}

  /**
   * The poll does not take the vote: it does not count, whether or not there is an entry of it.
   *
   * @param why what the client can do about
   */
  record NotTaken(PollGate.Refusal why) implements VoteOutcome {}

  /**
   * The vote is certainly not in the stream; casting it again is safe.
   *
   * @param reason why, for a person; without addresses and other internals
   */
  record Refused(String reason) implements VoteOutcome {}

  /**
   * The vote was sent, and no answer came: it may or may not be in the stream.
   *
   * @param reason why, for a person
   */
  record Unclear(String reason) implements VoteOutcome {}
}
