package dev.voting.api.connections;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * So many bytes a second, of all that keep to it together: as much of large requests as can be read
 * without taking the processor from small ones.
 */
final class Pace {
  private final double nanosPerByte;
  private final AtomicLong next = new AtomicLong();

  Pace(long bytesPerSecond) {
    this.nanosPerByte = 1e9 / bytesPerSecond;
  }

  /** Waits for the turn of so many bytes. */
  void await(int bytes) {
    long now = Listener.now();
    long turn = next.getAndUpdate(n -> Math.max(n, now) + (long) (bytes * nanosPerByte));
    if (turn > now) {
      LockSupport.parkNanos(turn - now);
    }
  }
}
