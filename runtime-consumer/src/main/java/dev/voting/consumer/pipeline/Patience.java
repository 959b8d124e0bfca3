package dev.voting.consumer.pipeline;

import java.time.Duration;

/** How long one kind of failure is borne, from its first time on. */
final class Patience {
  private final Duration limit;

  /** In {@link System#nanoTime}; null while all is well. */
  private Long since;

  Patience(Duration limit) {
    this.limit = limit;
  }

  /** Counts from the first call after a {@link #reset}. */
  boolean isOver() {
    long now = System.nanoTime();
    since = since == null ? now : since;
    return now - since >= limit.toNanos();
  }

  void reset() {
    since = null;
  }
}
