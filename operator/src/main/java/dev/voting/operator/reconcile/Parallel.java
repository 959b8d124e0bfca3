package dev.voting.operator.reconcile;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Requests that go out at the same time. */
final class Parallel {
  private Parallel() {}

  /** Maps each item on a thread of its own, and waits for all; the results are in order. */
  static <T, R> List<R> map(ExecutorService threads, List<T> items, Function<T, R> function) {
    var futures = items.stream().map(item -> threads.submit(() -> function.apply(item))).toList();
    return futures.stream().map(Parallel::result).toList();
  }

  private static <R> R result(Future<R> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while applying", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }
}
