package dev.voting.servers.kubernetes.http;

import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicBoolean;

/** A chunked body: one context writes it, so that the pieces stay in order. */
record HttpOutput(HttpServerRequest request, Context context) implements Output {

  private HttpServerResponse response() {
    return request.response();
  }

  @Override
  public void begin(String contentType) {
    response().setChunked(true).putHeader("Content-Type", contentType);
    response().writeHead();
  }

  @Override
  public void write(String text) {
    context.runOnContext(
        v -> {
          if (isOpen()) {
            response().write(text);
          }
        });
  }

  @Override
  public void end() {
    context.runOnContext(
        v -> {
          if (isOpen()) {
            response().end();
          }
        });
  }

  private boolean isOpen() {
    return !response().closed() && !response().ended();
  }

  @Override
  public void cut() {
    request.connection().close();
  }

  @Override
  public void onClose(Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    Runnable once =
        () -> {
          if (done.compareAndSet(false, true)) {
            Thread.ofVirtual().start(action);
          }
        };
    response().closeHandler(closed -> once.run());
    if (response().closed()) {
      once.run();
    }
  }

  @Override
  public boolean isClosed() {
    return response().closed();
  }
}
