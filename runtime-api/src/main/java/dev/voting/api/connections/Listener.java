package dev.voting.api.connections;

import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections and bounds them: in number, in time, and in the memory that their requests
 * take. Nobody has to wait to be accepted: when there are too many, those give way that have said
 * nothing for longest, and then those whose requests have been coming for longest.
 */
public final class Listener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  private static final int BACKLOG = 4096;
  private static final Duration CHECK_EVERY = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** So many at a time give way, as to look for them costs more than to close them. */
  private static final int GIVE_WAY_PART = 64;

  /**
   * Seconds until a peer is asked whether it is there, and again, and how often: 14 s in all, less
   * than a stream is silent, for nobody is asked while something is under way to it.
   */
  private static final int KEEPALIVE_IDLE = 8;

  private static final int KEEPALIVE_INTERVAL = 2;
  private static final int KEEPALIVE_COUNT = 3;

  private static final long ORIGIN = System.nanoTime();

  /**
   * How much there may be.
   *
   * @param connections at once
   * @param requestBytes of requests that are not answered yet, of all connections together
   * @param bodyBytes of one request
   * @param request the longest that a request may take to come, and again to be answered
   * @param idle the longest that a connection may wait for another request
   */
  public record Limits(
      int connections, long requestBytes, long bodyBytes, Duration request, Duration idle) {}

  private final InetSocketAddress address;
  private final Limits limits;
  private final Http http;
  private final Budget budget;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService checker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("connections").daemon().factory());
  private volatile ServerSocketChannel server;
  private volatile boolean ended;

  /**
   * @param errors answer what is no proper HTTP
   */
  public Listener(
      InetSocketAddress address,
      HttpRouting.Builder routing,
      DirectHandlers errors,
      Limits limits) {
    this.address = address;
    this.limits = limits;
    this.http = new Http(routing, errors, limits.bodyBytes());
    this.budget = new Budget(limits.requestBytes());
  }

  /** A clock that begins near zero. */
  static long now() {
    return System.nanoTime() - ORIGIN;
  }

  /**
   * Listens.
   *
   * @throws IOException when the port cannot be had
   */
  public void start() throws IOException {
    http.start();
    server = ServerSocketChannel.open();
    server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    server.bind(address, BACKLOG);
    Thread.ofPlatform().name("listener").start(this::accept);
    checker.scheduleWithFixedDelay(
        this::check, CHECK_EVERY.toMillis(), CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The TCP port that is listened on. */
  public int port() {
    return server.socket().getLocalPort();
  }

  private void accept() {
    while (!ended) {
      try {
        take(server.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Out of file descriptors, most likely.
        log.warn("a connection could not be accepted: {}", e.getMessage());
        giveWay();
        LockSupport.parkNanos(PAUSE.toNanos());
      } catch (RuntimeException e) {
        log.error("accepting connections met an unexpected error and goes on", e);
      }
    }
  }

  private void take(SocketChannel channel) throws IOException {
    try {
      set(channel, StandardSocketOptions.TCP_NODELAY, true);
      set(channel, StandardSocketOptions.SO_KEEPALIVE, true);
      set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE);
      set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL);
      set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_COUNT);
      if (connections.size() >= limits.connections()) {
        giveWay();
        if (connections.size() >= limits.connections()) {
          channel.close();
          return;
        }
      }
      Connection connection = new Connection(this, channel);
      connections.add(connection);
      Thread.ofVirtual().name("connection").start(connection);
      if (ended) {
        connection.closeIfWaiting();
      }
    } catch (IOException e) {
      // The client has gone already.
      channel.close();
    }
  }

  private static <T> void set(SocketChannel channel, SocketOption<T> option, T value)
      throws IOException {
    if (channel.supportedOptions().contains(option)) {
      channel.setOption(option, value);
    }
  }

  private void giveWay() {
    connections.stream()
        .filter(Connection::yields)
        .map(c -> new Silent(c, c.isReading(), c.due()))
        .sorted(Comparator.comparing(Silent::reading).thenComparing(Silent::due))
        .limit(limits.connections() / GIVE_WAY_PART + 1)
        .map(Silent::connection)
        .filter(Connection::yieldPlace)
        .forEach(connections::remove);
  }

  /** What does not change while it is sorted. */
  private record Silent(Connection connection, boolean reading, long due) {}

  private void check() {
    long now = now();
    for (Connection connection : connections) {
      if (connection.due() < now) {
        connection.cut();
      }
    }
  }

  Limits limits() {
    return limits;
  }

  Http http() {
    return http;
  }

  Budget budget() {
    return budget;
  }

  boolean ended() {
    return ended;
  }

  void gone(Connection connection) {
    connections.remove(connection);
  }

  /** How many connections there are. */
  public int size() {
    return connections.size();
  }

  /**
   * From now on no connection is taken, and none takes a further request; those that wait for one
   * are closed.
   */
  public void end() {
    ended = true;
    try {
      if (server != null) {
        server.close();
      }
    } catch (IOException e) {
      log.warn("the port could not be closed", e);
    }
    connections.forEach(Connection::closeIfWaiting);
  }

  /** Ends, and waits so long for requests in hand to be answered. */
  public void end(Duration grace) {
    end();
    long patience = now() + grace.toNanos();
    while (!connections.isEmpty() && now() < patience) {
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    connections.forEach(Connection::cut);
  }

  @Override
  public void close() {
    end(Duration.ZERO);
    checker.shutdownNow();
    http.stop();
  }
}
