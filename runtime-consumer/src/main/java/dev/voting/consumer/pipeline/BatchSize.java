package dev.voting.consumer.pipeline;

import java.time.Duration;

/**
 * How many entries to read at a time: twice as many after each full batch, half as many after a
 * commit that failed or nearly timed out, and never more than the memory is planned for.
 *
 * <p>A commit that takes a second is no reason for less: mostly the votes do not cause that second,
 * and with fewer at a time the others wait longer.
 */
final class BatchSize {
  private static final int FIRST = 100;

  /** The server gives a statement 20 s: twice as many votes take 10 s at most. */
  private static final Duration QUICK = Duration.ofSeconds(5);

  private static final Duration SLOW = Duration.ofSeconds(10);
  private static final long MOST_BYTES = 4L * 1024 * 1024;

  /** What an entry takes beside its own bytes, about. */
  private static final long OVERHEAD = 256;

  private final int max;
  private int size;
  private long bytesPerEntry = 1;

  /**
   * @param max the largest size
   */
  BatchSize(int max) {
    this.max = max;
    this.size = Math.min(FIRST, max);
  }

  /** How many entries to read. */
  synchronized int next() {
    return Math.clamp(MOST_BYTES / (bytesPerEntry + OVERHEAD), 1, size);
  }

  /** How many votes to record at a time; fewer than were read if commits have become slow since. */
  synchronized int most() {
    return size;
  }

  /** Learns how large entries are; remembers large ones for a while. */
  synchronized void read(int entries, long bytes) {
    if (entries > 0) {
      bytesPerEntry = Math.max(1, Math.max(bytes / entries, bytesPerEntry * 9 / 10));
    }
  }

  synchronized void committed(int votes, Duration took) {
    if (took.compareTo(SLOW) > 0) {
      failed();
    } else if (votes >= size && took.compareTo(QUICK) < 0) {
      size = Math.min(max, 2 * size);
    }
  }

  synchronized void failed() {
    size = Math.max(1, size / 2);
  }
}
