package dev.voting.api.poll;

import java.time.Clock;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Redis' clock, by which polls open and close, as far as this process has seen it. No vote is
 * decided by the clock of this machine.
 */
public final class RedisClock {
  /** By how much the estimate may be wrong before a vote is refused for coming too early. */
  private static final long TOLERANCE_MILLIS = 1_000;

  private final LongSupplier nanoTime;
  private final Clock fallback;
  private volatile Reading last;
  private volatile long latest = Long.MIN_VALUE;

  private record Reading(long millis, long at) {}

  /**
   * @param fallback for what is only shown, until Redis has answered for the first time
   */
  public RedisClock(Clock fallback) {
    this(fallback, System::nanoTime);
  }

  RedisClock(Clock fallback, LongSupplier nanoTime) {
    this.fallback = fallback;
    this.nanoTime = nanoTime;
  }

  /** Redis said just now that it is so late. Called by one thread. */
  public void seen(long millis) {
    last = new Reading(millis, nanoTime.getAsLong());
    latest = Math.max(latest, millis);
  }

  /** About how late it is, in milliseconds since 1970: for people, not for votes. */
  public long millis() {
    Reading reading = last;
    return reading == null ? fallback.millis() : estimate(reading);
  }

  /** Whether Redis itself has said that it is as late as that. */
  boolean hasPassed(OptionalLong millis) {
    return millis.isPresent() && latest >= millis.getAsLong();
  }

  /** Whether it is certainly earlier than that. */
  boolean isBefore(OptionalLong millis) {
    Reading reading = last;
    return millis.isPresent()
        && reading != null
        && estimate(reading) + TOLERANCE_MILLIS < millis.getAsLong();
  }

  private long estimate(Reading reading) {
    return reading.millis() + (nanoTime.getAsLong() - reading.at()) / 1_000_000;
  }
}
