package dev.voting.api.poll;

import dev.voting.runtime.PollVote;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which votes are sent to Redis, and which of those count. Whatever is refused here is certainly
 * not counted; of whatever is sent, the id decides that Redis gave it.
 */
public final class PollGate {
  private final CurrentPoll current;
  private final PollMetrics metrics;

  /** Why a vote is not taken. */
  public sealed interface Refusal {
    record NotOpenYet() implements Refusal {}

    record Closed() implements Refusal {}

    record AnotherRound() implements Refusal {}

    /**
     * @param keys what can be voted for
     */
    record NotOnBallot(List<String> keys) implements Refusal {}
  }

  public PollGate(CurrentPoll current, PollMetrics metrics) {
    this.current = current;
    this.metrics = metrics;
  }

  public CurrentPoll current() {
    return current;
  }

  public PollMetrics metrics() {
    return metrics;
  }

  /** Why a vote must not be sent, or nothing if Redis' clock is to decide. */
  public Optional<Refusal> refusal(DeclaredPoll poll, String option, PollVote vote) {
    PollDefinition definition = poll.definition();
    if (!vote.round().equals(poll.round())
        || vote.voter().isPresent() != definition.ballots().personal()) {
      return Optional.of(new Refusal.AnotherRound());
    }
    if (current.clock().hasPassed(definition.closes())) {
      return Optional.of(new Refusal.Closed());
    }
    if (current.clock().isBefore(definition.opens())) {
      return Optional.of(new Refusal.NotOpenYet());
    }
    return poll.ballot().contains(option)
        ? Optional.empty()
        : Optional.of(new Refusal.NotOnBallot(definition.ballot()));
  }

  /** Why a vote with that id does not count, or nothing if it does. */
  public static Optional<Refusal> refusal(PollVote vote, String streamId) {
    if (vote.holds(streamId)) {
      return Optional.empty();
    }
    PollVote neverClosing =
        new PollVote(vote.round(), vote.opens(), OptionalLong.empty(), vote.voter());
    return Optional.of(
        neverClosing.holds(streamId) ? new Refusal.Closed() : new Refusal.NotOpenYet());
  }
}
