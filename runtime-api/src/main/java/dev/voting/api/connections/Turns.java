package dev.voting.api.connections;

import java.time.Duration;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Has new connections begin in rounds of a few, those with a vote first, and with a breath between
 * the rounds for whatever else goes on, and with all but votes waiting while very many connections
 * are to be accepted, as a vote among those is still to come: the scheduler of virtual threads
 * looks for others only once it has nothing left of what it was given last, so that thousands of
 * new connections would keep an answer waiting until the last of them has begun.
 */
final class Turns implements AutoCloseable {
  private static final Duration BREATH = Duration.ofNanos(200_000);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

  private final int atOnce;
  private final BooleanSupplier crowded;
  private final PriorityBlockingQueue<Turn> queue = new PriorityBlockingQueue<>();
  private final AtomicLong queued = new AtomicLong();
  private final Semaphore givenUp = new Semaphore(0);
  private final Thread thread = Thread.ofPlatform().name("turns").daemon().unstarted(this::run);

  private record Turn(boolean vote, long number, Runnable begin) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
      return vote == other.vote ? Long.compare(number, other.number) : vote ? -1 : 1;
    }
  }

  /**
   * @param atOnce how many begin in a round
   * @param crowded whether only votes may begin now
   */
  Turns(int atOnce, BooleanSupplier crowded) {
    this.atOnce = atOnce;
    this.crowded = crowded;
  }

  void start() {
    thread.start();
  }

  /**
   * Queues a connection.
   *
   * @param begin starts it; it must {@link #giveUp} its turn, once
   */
  void queue(boolean vote, Runnable begin) {
    queue.add(new Turn(vote, queued.incrementAndGet(), begin));
  }

  /** The calling connection waits, or has done what takes the processor's time. */
  void giveUp() {
    givenUp.release();
  }

  private void run() {
    try {
      while (true) {
        int begun = 0;
        for (Turn turn = next(); turn != null; turn = begun < atOnce ? queue.poll() : null) {
          turn.begin().run();
          begun++;
        }
        givenUp.acquire(begun);
        if (!queue.isEmpty()) {
          LockSupport.parkNanos(BREATH.toNanos());
        }
      }
    } catch (InterruptedException e) {
      // This is the end.
    }
  }

  private Turn next() throws InterruptedException {
    Turn turn = queue.take();
    while (!turn.vote() && crowded.getAsBoolean()) {
      queue.add(turn);
      Thread.sleep(LOOK_AGAIN);
      turn = queue.take();
    }
    return turn;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
