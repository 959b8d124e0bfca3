package dev.voting.api;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Gives back memory that a burst has taken: the serial collector makes the heap smaller in full
 * collections alone, and without a reason it makes none. See docs/adr/0030.
 */
final class HeapReturn implements AutoCloseable {
  private static final Duration CHECK_EVERY = Duration.ofSeconds(10);

  /** A heap as small as that is left alone. */
  private static final long SMALL = 32L * 1024 * 1024;

  private final LongSupplier committed;
  private final LongSupplier collections;
  private final Runnable collect;
  private final ScheduledExecutorService checker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("heap-return").daemon().factory());

  // Owned by the checker's thread.
  private long seen;
  private long least = SMALL;

  /**
   * @param committed bytes of the heap
   * @param collections how many there have been
   * @param collect makes a full one
   */
  HeapReturn(LongSupplier committed, LongSupplier collections, Runnable collect) {
    this.committed = committed;
    this.collections = collections;
    this.collect = collect;
  }

  static HeapReturn ofThisProcess() {
    return new HeapReturn(
        () -> ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted(),
        () ->
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(b -> Math.max(0, b.getCollectionCount()))
                .sum(),
        System::gc);
  }

  void start() {
    checker.scheduleWithFixedDelay(
        this::check, CHECK_EVERY.toMillis(), CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Collects if the heap is half as large again as it has to be, and there was little to do. */
  void check() {
    long now = collections.getAsLong();
    if (now == seen && committed.getAsLong() > least + least / 2) {
      collect.run();
      now = collections.getAsLong();
      least = Math.max(SMALL, committed.getAsLong());
    }
    // What had to be large may be small again.
    least = Math.max(SMALL, Math.min(least, committed.getAsLong()));
    seen = now;
  }

  @Override
  public void close() {
    checker.shutdownNow();
  }
}
