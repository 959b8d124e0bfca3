package dev.voting.api.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how long a connection may take to deliver a request, or to take an answer, however slowly
 * its bytes trickle. A thread that is late is interrupted, which closes the connection that it
 * reads from or writes to.
 */
public final class Deadlines implements AutoCloseable {
  private static final Duration CHECK_EVERY = Duration.ofMillis(250);

  private final long limitNanos;
  private final Map<Thread, Long> begun = new ConcurrentHashMap<>();
  private final ScheduledExecutorService checker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("deadlines").daemon().factory());

  public Deadlines(Duration limit) {
    this.limitNanos = limit.toNanos();
    checker.scheduleWithFixedDelay(
        this::check, CHECK_EVERY.toMillis(), CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The calling thread's time runs from now on, anew if it ran already. */
  public void begin() {
    begun.put(Thread.currentThread(), System.nanoTime());
  }

  /** Whether the calling thread's time runs. */
  boolean running() {
    return begun.containsKey(Thread.currentThread());
  }

  /**
   * The calling thread was in time.
   *
   * @return false when it was not, and is or will be interrupted
   */
  public boolean end() {
    return begun.remove(Thread.currentThread()) != null;
  }

  private void check() {
    long now = System.nanoTime();
    begun.forEach(
        (thread, since) -> {
          if (!thread.isAlive()) {
            begun.remove(thread, since);
          } else if (now - since > limitNanos && begun.remove(thread, since)) {
            thread.interrupt();
          }
        });
  }

  @Override
  public void close() {
    checker.shutdownNow();
  }
}
