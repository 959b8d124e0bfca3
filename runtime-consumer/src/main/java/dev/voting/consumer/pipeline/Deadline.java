package dev.voting.consumer.pipeline;

import java.time.Duration;

/** How long one kind of failure is retried, from its first occurrence. */
final class Deadline {
  private final Duration limit;

  /** In {@link System#nanoTime}; null while all is well. */
  private Long since;

  Deadline(Duration limit) {
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
