package dev.voting.api.connections;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all requests together may take before they are answered. */
final class Budget {
  private final AtomicLong free;

  Budget(long bytes) {
    this.free = new AtomicLong(bytes);
  }

  /** Takes so many bytes, or none when there are not so many. */
  boolean take(long bytes) {
    if (free.addAndGet(-bytes) >= 0) {
      return true;
    }
    free.addAndGet(bytes);
    return false;
  }

  void give(long bytes) {
    free.addAndGet(bytes);
  }
}
