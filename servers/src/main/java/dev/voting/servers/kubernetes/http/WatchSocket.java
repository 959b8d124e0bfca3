package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.api.Reply;
import dev.voting.servers.kubernetes.store.Store;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;

/** A watch whose events are messages of a WebSocket. */
final class WatchSocket extends WebSocketListener {

  private static final int NORMAL_CLOSE = 1000;

  private final Store store;
  private final Reply.Watch watch;
  private Runnable stop = () -> {};
  private boolean closed;

  WatchSocket(Store store, Reply.Watch watch) {
    this.store = store;
    this.watch = watch;
  }

  /** Not on the thread that serves connections: what is there already may be much. */
  @Override
  public void onOpen(WebSocket socket, Response response) {
    Thread.ofVirtual().start(() -> begin(socket));
  }

  private void begin(WebSocket socket) {
    Runnable started =
        Watching.start(
            store, watch, event -> send(socket, event), () -> socket.close(NORMAL_CLOSE, ""));
    synchronized (this) {
      stop = started;
      if (!closed) {
        return;
      }
    }
    started.run();
  }

  /** The writer of a change is not to suffer from a watch that has just been closed. */
  private static void send(WebSocket socket, String event) {
    try {
      socket.send(event);
    } catch (IllegalStateException e) {
      // It is closed, and onClosed is on its way.
    }
  }

  @Override
  public void onClosed(WebSocket socket, int code, String reason) {
    end();
  }

  @Override
  public void onFailure(WebSocket socket, Throwable error, Response response) {
    end();
  }

  private synchronized void end() {
    closed = true;
    Thread.ofVirtual().start(stop);
  }
}
