package dev.voting.operator.http;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request and its answer, which end by a deadline.
 *
 * <p>What is late fails with an exception that the Kubernetes client does not take for a moment's a
 * failure of the network, after which it would ask again at once: so its caller waits no longer
 * than the deadline, which the leader's lease depends on.
 */
final class Exchange {

  private final String late;

  /** Completed by the end of the exchange, exceptionally by the deadline. */
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  Exchange(HttpRequest request, Duration timeout) {
    late =
        "%s %s was not answered to the end within %d s"
            .formatted(request.method(), request.uri().getPath(), Math.max(1, timeout.toSeconds()));
    end.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The answer, or a failure by the deadline. */
  <T> CompletableFuture<HttpResponse<T>> limit(CompletableFuture<HttpResponse<T>> answer) {
    var limited = new CompletableFuture<HttpResponse<T>>();
    answer.whenComplete(
        (response, failure) -> {
          if (failure == null) {
            limited.complete(response);
          } else {
            end.complete(null);
            limited.completeExceptionally(isTimeout(failure) ? late() : failure);
          }
        });
    ifLate(
        () -> {
          limited.completeExceptionally(late());
          // Ends the exchange too, as the JDK's client says.
          answer.cancel(true);
        });
    return limited;
  }

  /** The body, or a failure by the deadline. */
  <T> BodyHandler<T> limit(BodyHandler<T> handler) {
    return head -> new Body<>(handler.apply(head));
  }

  private void ifLate(Runnable action) {
    // Not on the thread that keeps the time, which others need.
    end.exceptionallyAsync(
        _ -> {
          action.run();
          return null;
        });
  }

  private KubernetesClientException late() {
    return new KubernetesClientException(late, new HttpTimeoutException(late));
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof HttpTimeoutException
        || failure instanceof CompletionException wrapper
            && wrapper.getCause() instanceof HttpTimeoutException;
  }

  private final class Body<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> body;
    private final AtomicBoolean ended = new AtomicBoolean();

    Body(BodySubscriber<T> body) {
      this.body = body;
    }

    @Override
    public CompletionStage<T> getBody() {
      return body.getBody();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      ifLate(
          () -> {
            fail(late());
            subscription.cancel();
          });
      body.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
      if (!ended.get()) {
        body.onNext(bytes);
      }
    }

    @Override
    public void onError(Throwable failure) {
      end.complete(null);
      fail(failure);
    }

    private void fail(Throwable failure) {
      if (ended.compareAndSet(false, true)) {
        body.onError(failure);
      }
    }

    @Override
    public void onComplete() {
      end.complete(null);
      if (ended.compareAndSet(false, true)) {
        body.onComplete();
      }
    }
  }
}
