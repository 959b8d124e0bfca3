package dev.voting.operator.watch;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How an informer is begun. */
final class Informers {

  private static final long PATIENCE_SECONDS = 30;

  private Informers() {}

  /**
   * Starts one, and waits until it holds what there is. Once it watches, it does so whatever comes
   * in between.
   *
   * @throws KubernetesClientException when the API server refuses, or does not answer; then the
   *     informer is stopped
   */
  static void run(SharedIndexInformer<?> informer) {
    informer.exceptionHandler((started, _) -> started);
    try {
      informer.start().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      informer.stop();
      throw KubernetesClientException.launderThrowable(e.getCause());
    } catch (TimeoutException e) {
      informer.stop();
      throw new KubernetesClientException(
          "a watch did not begin within %d s".formatted(PATIENCE_SECONDS), e);
    } catch (InterruptedException e) {
      informer.stop();
      Thread.currentThread().interrupt();
      throw KubernetesClientException.launderThrowable(e);
    }
  }
}
