package dev.voting.operator.apply;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Requests that go out at the same time. */
public final class Parallel {

  /** Each request has a deadline of its own; this is for many that wait for their turn. */
  private static final long PATIENCE_MINUTES = 5;

  private Parallel() {}

  /** Maps each item on a thread of its own, and waits for all; the results are in order. */
  public static <T, R> List<R> map(
      ExecutorService threads, List<T> items, Function<T, R> function) {
    var tasks = items.stream().<Callable<R>>map(item -> () -> function.apply(item)).toList();
    try {
      return threads.invokeAll(tasks, PATIENCE_MINUTES, TimeUnit.MINUTES).stream()
          .map(Parallel::result)
          .toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while applying", e);
    }
  }

  /** Of what has ended, or was given up. */
  private static <R> R result(Future<R> ended) {
    try {
      return ended.get();
    } catch (CancellationException e) {
      throw new KubernetesClientException(
          "the API server did not answer all requests within %d min".formatted(PATIENCE_MINUTES),
          e);
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
