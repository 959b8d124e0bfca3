package dev.voting.operator.nodes;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** People who vote at an even pace, whatever becomes of the votes before theirs. */
final class Votes implements AutoCloseable {

  private static final int PER_SECOND = 50;

  private final VoteApi api;
  private final Tally tally = new Tally();
  private final ExecutorService voters = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread clock = Thread.ofPlatform().name("votes").unstarted(this::cast);
  private volatile boolean over;

  private Votes(VoteApi api) {
    this.api = api;
  }

  static Votes start(VoteApi api) {
    var votes = new Votes(api);
    votes.clock.start();
    return votes;
  }

  private void cast() {
    var pace = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
    var next = System.nanoTime();
    for (var n = 0; !over; n++) {
      var option = n % 2 == 0 ? "cats" : "dogs";
      voters.submit(
          () -> {
            tally.add(api.vote(option));
            return null;
          });
      next += pace;
      while (!over && System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  /** Waits until two seconds' worth of votes have been taken from now on. */
  void awaitTaken() {
    var before = tally.taken();
    await("votes being taken")
        .atMost(Patience.seconds(30))
        .until(() -> tally.taken() >= before + 2 * PER_SECOND);
  }

  /** Casts no more, and waits for the answers to all that were cast. */
  Tally end() {
    if (!over) {
      over = true;
      tally.endGap();
      voters.close();
    }
    return tally;
  }

  @Override
  public void close() {
    end();
  }
}
