package dev.voting.api.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One connection, which either waits for the first byte of a request or has a request in hand. Only
 * while it waits it may be closed; a request of which a byte was read is read whole, and answered.
 */
final class TakenConnection implements ServerConnection {
  private enum State {
    WAITING,
    IN_REQUEST,
    ENDED
  }

  private final ServerConnection http;
  private final HelidonSocket socket;
  private final Deadlines deadlines;
  private final BooleanSupplier allEnded;
  private final Consumer<TakenConnection> whenDone;
  private final AtomicReference<State> state = new AtomicReference<>(State.IN_REQUEST);
  private volatile boolean last;

  // Owned by the connection's thread.
  private boolean fresh = true;

  /**
   * @param selector makes the connection that reads requests and answers them
   * @param allEnded whether all connections are to take no further request
   * @param whenDone is told when this connection is at its end
   */
  TakenConnection(
      ServerConnectionSelector selector,
      ConnectionContext context,
      Deadlines deadlines,
      BooleanSupplier allEnded,
      Consumer<TakenConnection> whenDone) {
    this.http = selector.connection(new ReadingContext(context, DataReader.create(this::read)));
    this.socket = context.serverSocket();
    this.deadlines = deadlines;
    this.allEnded = allEnded;
    this.whenDone = whenDone;
  }

  @Override
  public void handle(Limit limit) throws InterruptedException {
    try {
      http.handle(limit);
    } finally {
      deadlines.end();
      whenDone.accept(this);
    }
  }

  /** The next bytes, or null when no more will come. */
  private byte[] read() {
    return deadlines.running() ? receive() : awaitRequest();
  }

  private byte[] awaitRequest() {
    if (fresh) {
      // Who connects and says nothing must not hold one of the connections for long.
      deadlines.begin();
    }
    state.set(State.WAITING);
    if (last || allEnded.getAsBoolean()) {
      return null;
    }
    byte[] bytes = receive();
    if (bytes == null || !state.compareAndSet(State.WAITING, State.IN_REQUEST)) {
      return null;
    }
    if (fresh && !deadlines.end()) {
      return null;
    }
    fresh = false;
    deadlines.begin();
    return bytes;
  }

  private byte[] receive() {
    try {
      return socket.get();
    } catch (UncheckedIOException e) {
      throw new ServerConnectionException("the connection was lost", e);
    }
  }

  @Override
  public Duration idleTime() {
    return http.idleTime();
  }

  /**
   * Ends the connection as soon as it has no request in hand.
   *
   * @param interrupt at once, whatever it has in hand
   */
  @Override
  public void close(boolean interrupt) {
    last = true;
    if (interrupt) {
      http.close(true);
    } else if (state.compareAndSet(State.WAITING, State.ENDED)) {
      try {
        socket.close();
      } catch (UncheckedIOException e) {
        // The client was faster.
      }
    }
  }
}
