package dev.voting.api.vote;

import java.util.function.IntSupplier;

/** What the writer reports. Called for every batch: it must be quick. */
public interface WriterMetrics {

  /** A batch of so many votes got its answers after so long. */
  void batch(int votes, long nanos);

  /** A vote was refused because too many wait. */
  void queueFull();

  /** A connection failed, broke, or reached a server that accepts no writes. */
  void redisError();

  /** How many votes wait now, may be called at any time. */
  void queue(IntSupplier length);
}
