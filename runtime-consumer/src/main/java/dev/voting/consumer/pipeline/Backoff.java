package dev.voting.consumer.pipeline;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Growing delays between tries, each random, so that many consumers do not reconnect at once. */
public final class Backoff {
  private static final long FIRST_MS = 50;

  private final long maxMs;
  private long delayMs = FIRST_MS;

  /**
   * @param max the longest delay
   */
  public Backoff(Duration max) {
    this.maxMs = max.toMillis();
  }

  /** Begins with the shortest delay again. */
  public void reset() {
    delayMs = FIRST_MS;
  }

  /** Between half of the current delay and all of it; the next one is twice as long. */
  Duration next() {
    long most = Math.min(delayMs, maxMs);
    delayMs = Math.min(2 * delayMs, maxMs);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }

  /** Waits for {@link #next}. */
  public void pause() throws InterruptedException {
    Thread.sleep(next());
  }
}
