package dev.voting.api.vote;

import dev.voting.runtime.VoteEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A vote on its way to Redis. Either the writer claims it and sends it, or it is refused at its
 * deadline; so a refused vote is never sent afterwards.
 */
final class PendingVote {
  private final VoteEvent vote;
  private final long deadline;
  private final AtomicBoolean claimed = new AtomicBoolean();
  private final CompletableFuture<VoteOutcome> outcome = new CompletableFuture<>();

  /**
   * @param deadline in {@link System#nanoTime}
   */
  PendingVote(VoteEvent vote, long deadline) {
    this.vote = vote;
    this.deadline = deadline;
  }

  VoteEvent vote() {
    return vote;
  }

  boolean late(long now) {
    return now - deadline >= 0;
  }

  /** Whether the caller may decide about this vote now; true for one caller only. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  /** Completes the waiting request; only the first call counts. */
  void complete(VoteOutcome result) {
    outcome.complete(result);
  }

  /** Waits without a limit: the writer completes the vote, by its clock at the latest. */
  VoteOutcome await() throws InterruptedException {
    try {
      return outcome.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an outcome is never an exception", e);
    }
  }
}
