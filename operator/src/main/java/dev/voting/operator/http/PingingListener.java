package dev.voting.operator.http;

import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocket.Listener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Pings a WebSocket, and gives it up when nothing is heard from one ping to the next. Otherwise a
 * watch whose connection was lost without a word would stay deaf until the Kubernetes client renews
 * it, which it does after five to ten minutes.
 */
final class PingingListener implements Listener {

  private final Listener listener;
  private final Duration silence;
  private final Executor later;
  private final AtomicBoolean heard = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();

  PingingListener(Listener listener, Duration silence) {
    this.listener = listener;
    this.silence = silence;
    this.later = CompletableFuture.delayedExecutor(silence.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void onOpen(WebSocket socket) {
    ping(socket);
    listener.onOpen(socket);
  }

  private void ping(WebSocket socket) {
    heard.set(false);
    socket.sendPing(ByteBuffer.allocate(0));
    later.execute(
        () -> {
          if (ended.get() || socket.isOutputClosed()) {
            return;
          }
          if (heard.get()) {
            ping(socket);
          } else {
            socket.abort();
            onError(
                socket,
                new HttpTimeoutException(
                    "the API server was silent for %d s".formatted(silence.toSeconds())));
          }
        });
  }

  @Override
  public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    heard.set(true);
    return listener.onText(socket, data, last);
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    heard.set(true);
    return listener.onBinary(socket, data, last);
  }

  @Override
  public CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
    heard.set(true);
    return listener.onPing(socket, message);
  }

  @Override
  public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    heard.set(true);
    return listener.onPong(socket, message);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
    return ended.compareAndSet(false, true) ? listener.onClose(socket, status, reason) : null;
  }

  @Override
  public void onError(WebSocket socket, Throwable failure) {
    if (ended.compareAndSet(false, true)) {
      listener.onError(socket, failure);
    }
  }
}
