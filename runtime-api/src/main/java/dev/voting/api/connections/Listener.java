package dev.voting.api.connections;

import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Bounds connections: in number, in time, and in the memory and the processor time that their
 * requests take. Nobody has to wait to be accepted: when there are too many, those give way that
 * have said nothing for longest, and then those whose requests have been coming for longest. Votes
 * go first.
 */
public final class Listener implements AutoCloseable {
  /** How many new connections for each processor have their requests read at a time. */
  private static final int TURNS = 8;

  /**
   * How many bytes of long requests are read a second: few, as Helidon's chain of what was read
   * lasts until a full collection.
   */
  private static final long LONG_REQUESTS = 1024 * 1024;

  /** How many bytes a second are thrown away of requests that were refused. */
  private static final long REFUSED_REQUESTS = 16 * 1024 * 1024;

  private static final Duration CHECK_EVERY = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** So many at a time give way, as to look for them costs more than to close them. */
  private static final int GIVE_WAY_PART = 64;

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
  private final Turns turns =
      new Turns(TURNS * Runtime.getRuntime().availableProcessors(), this::crowded);
  private final Pace longRequests = new Pace(LONG_REQUESTS);
  private final Pace refusedRequests = new Pace(REFUSED_REQUESTS);
  private final AtomicInteger silent = new AtomicInteger();
  private volatile ServerSockets sockets;
  private volatile List<Arrivals> arrivals = List.of();
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
    sockets = new ServerSockets(address, ServerSockets.BACKLOG);
    List<Arrivals> all = new ArrayList<>();
    for (ServerSocketChannel socket : sockets.channels()) {
      all.add(new Arrivals(socket, new Others(), limits.connections(), silent, limits.request()));
    }
    arrivals = List.copyOf(all);
    turns.start();
    arrivals.forEach(Arrivals::start);
    checker.scheduleWithFixedDelay(
        this::check, CHECK_EVERY.toMillis(), CHECK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The TCP port that is listened on. */
  public int port() {
    return sockets.port();
  }

  /** The connections that have said something. */
  private final class Others implements Arrivals.Host {
    @Override
    public int count() {
      return connections.size();
    }

    @Override
    public boolean giveWay() {
      return Listener.this.giveWay();
    }

    @Override
    public void begin(SocketChannel channel, byte[] first) throws IOException {
      Connection connection = new Connection(Listener.this, channel, first);
      connections.add(connection);
      turns.queue(
          WholeVote.isIn(first), () -> Thread.ofVirtual().name("connection").start(connection));
    }
  }

  private boolean crowded() {
    return arrivals.stream().anyMatch(Arrivals::crowded);
  }

  /** One at a time, or two would choose the same. */
  private synchronized boolean giveWay() {
    List<Connection> gone =
        connections.stream()
            .filter(Connection::yields)
            .map(c -> new Silent(c, c.isReading(), c.due()))
            .sorted(Comparator.comparing(Silent::reading).thenComparing(Silent::due))
            .limit(limits.connections() / GIVE_WAY_PART + 1)
            .map(Silent::connection)
            .filter(Connection::yieldPlace)
            .toList();
    gone.forEach(connections::remove);
    return !gone.isEmpty();
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

  Turns turns() {
    return turns;
  }

  Pace longRequests() {
    return longRequests;
  }

  Pace refusedRequests() {
    return refusedRequests;
  }

  boolean ended() {
    return ended;
  }

  void gone(Connection connection) {
    connections.remove(connection);
  }

  /** How many connections there are. */
  public int size() {
    return connections.size() + silent.get();
  }

  /**
   * From now on no connection is taken, and none takes a further request; those that wait for one
   * are closed.
   */
  public void end() {
    ended = true;
    arrivals.forEach(Arrivals::end);
    arrivals.forEach(Arrivals::join);
    connections.forEach(Connection::closeIfWaiting);
  }

  /** Ends, and waits so long for requests in flight to be answered. */
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
    turns.close();
    http.stop();
  }
}
