package dev.voting.api.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * All connections of the server, and a good end for them: one that waits for a request is closed,
 * one that has taken a request is left alone until it has answered. The server's own way is to
 * interrupt those that seem to wait, which also hits some that have just read a request.
 */
public final class Connections implements ServerConnectionSelector {
  /** An accepted connection is handed to its thread within microseconds, unless all hangs. */
  private static final Duration HANDED_ON_WITHIN = Duration.ofSeconds(1);

  private final ServerConnectionSelector http;
  private final Deadlines deadlines;
  private final Set<TakenConnection> taken = ConcurrentHashMap.newKeySet();
  private final AtomicInteger arriving = new AtomicInteger();
  private volatile boolean ended;

  /**
   * @param deadlines bounds how long a request may take to come, from its first byte on
   */
  public Connections(Http1Config config, Deadlines deadlines) {
    this.http = Http1ConnectionSelector.builder().config(config).build();
    this.deadlines = deadlines;
  }

  /** The options of each connection's socket; they refuse it once {@link #end} was called. */
  public SocketOptions socketOptions() {
    return new AcceptedSockets(SocketOptions.builder().tcpNoDelay(true).build(), this::arrive);
  }

  /** Counts a connection that was accepted and has no thread yet, or refuses it. */
  private void arrive() {
    arriving.incrementAndGet();
    if (ended) {
      arriving.decrementAndGet();
      throw new IllegalStateException("no more connections are taken");
    }
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    TakenConnection connection =
        new TakenConnection(http, context, deadlines, () -> ended, taken::remove);
    taken.add(connection);
    arriving.decrementAndGet();
    return connection;
  }

  /**
   * From now on no connection is taken, and none takes a further request; those that wait for one
   * are closed. To be followed by the end of the server, which by then has handed on all
   * connections that it has accepted: one that it cannot hand on any more it takes for an error.
   */
  public void end() {
    ended = true;
    long patience = System.nanoTime() + HANDED_ON_WITHIN.toNanos();
    while (arriving.get() > 0 && System.nanoTime() - patience < 0) {
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
    }
    taken.forEach(connection -> connection.close(false));
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http.supportedApplicationProtocols();
  }
}
