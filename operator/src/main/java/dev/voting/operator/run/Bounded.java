package dev.voting.operator.run;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that keeps nobody waiting for ever. */
final class Bounded {

  private static final Logger LOG = LoggerFactory.getLogger(Bounded.class);

  private Bounded() {}

  /**
   * Does something on a thread of its own, and waits for it, up to a bound.
   *
   * @param what names it in the log
   * @return whether it ended in time; if not, it was interrupted
   */
  static boolean run(String what, Duration bound, Runnable work) {
    var task = new FutureTask<Void>(work, null);
    Thread.ofVirtual().name(what).start(task);
    try {
      task.get(bound.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException _) {
      LOG.warn("{} has not ended within {} s, and is given up", what, bound.toSeconds());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    task.cancel(true);
    return false;
  }
}
