package dev.voting.consumer.pipeline;

import java.time.Duration;

/** How long one kind of failure is retried, from its first occurrence. */
public final class Deadline {
  private final Duration limit;

  /** In {@link System#nanoTime}; null while all is well. */
  private Long since;

  /**
   * @param limit how long it is retried
   */
  public Deadline(Duration limit) {
    this.limit = limit;
  }

  /** Counts from the first call after a {@link #reset}. */
  public boolean isOver() {
    long now = System.nanoTime();
    since = since == null ? now : since;
    return now - since >= limit.toNanos();
  }

  /** It works again. */
  public void reset() {
    since = null;
  }
}
