package dev.voting.api.connections;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections, and keeps each until its first bytes have come: by one thread for very many,
 * so that those that say nothing cost next to nothing.
 */
final class Arrivals {
  /** Whom they are passed on to. */
  interface Host {
    /** How many connections it has. */
    int count();

    /**
     * Has some of its connections end, if it can do without them.
     *
     * @return whether one has
     */
    boolean giveWay();

    /** Takes a connection, in blocking mode, of which something was read. */
    void begin(SocketChannel channel, byte[] first) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

  /** As much as most requests have. */
  private static final int FIRST = 1024;

  /** So many are accepted at most before it is looked who has said something. */
  private static final int PART = 512;

  /** So many of all connections may be silent before others give way to more of them. */
  private static final int SILENT_PART = 8;

  /** So long at most others wait for those that are to be accepted. */
  private static final long CROWDED = Duration.ofSeconds(5).toNanos();

  private static final long NEVER = -1;

  private static final Duration CHECK_EVERY = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final Duration LAST_LOOK = Duration.ofSeconds(2);

  private final ServerSocketChannel server;
  private final Host host;
  private final int most;
  private final long patience;
  private final Selector selector;
  private final Thread thread = Thread.ofPlatform().name("listener").unstarted(this::run);
  private final AtomicInteger silentOfAll;
  private volatile boolean ended;
  private volatile long behindSince = NEVER;

  // Owned by the thread.
  private boolean wanted;
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(FIRST);
  private final SilentConnections silent;
  private final List<Speaker> speakers = new ArrayList<>();

  private record Speaker(SocketChannel channel, byte[] first) {}

  /**
   * Begins with {@link #start}.
   *
   * @param server listens, and does not block
   * @param most connections, the host's and the silent ones included
   * @param silentOfAll counts the silent ones, also those of others that accept at the port
   * @param patience the longest that one may say nothing
   */
  Arrivals(
      ServerSocketChannel server, Host host, int most, AtomicInteger silentOfAll, Duration patience)
      throws IOException {
    this.server = server;
    this.host = host;
    this.most = most;
    this.silentOfAll = silentOfAll;
    this.silent = new SilentConnections(silentOfAll);
    this.patience = patience.toNanos();
    this.selector = Selector.open();
    server.register(selector, SelectionKey.OP_ACCEPT);
  }

  void start() {
    thread.start();
  }

  /**
   * Whether more connections are to be accepted than could be at once. Not for ever, if they never
   * end: who was accepted has to begin some time.
   */
  boolean crowded() {
    long since = behindSince;
    return since != NEVER && Listener.now() - since < CROWDED;
  }

  private void run() {
    while (!ended) {
      try {
        wanted = false;
        selector.select(this::ready, CHECK_EVERY.toMillis());
        // Before others are accepted: the host counts only those that it was given.
        passOn();
        if (wanted) {
          accept();
        }
        silent.closeThoseBefore(Listener.now() - patience);
      } catch (IOException | RuntimeException e) {
        log.error("accepting connections met an unexpected error and goes on", e);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
    finish();
  }

  private void ready(SelectionKey key) {
    if (key.channel() == server) {
      wanted = true;
    } else if (key.isValid()) {
      read(key);
    }
  }

  private void accept() {
    try {
      for (int i = 0; i < PART && !ended; i++) {
        SocketChannel channel = server.accept();
        if (channel == null) {
          behindSince = NEVER;
          return;
        }
        take(channel);
      }
      if (behindSince == NEVER) {
        behindSince = Listener.now();
      }
    } catch (IOException e) {
      // Out of file descriptors, most likely.
      log.warn("a connection could not be accepted: {}", e.getMessage());
      giveWay();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void take(SocketChannel channel) {
    try {
      channel.configureBlocking(false);
      // Most have sent their request before their turn comes, and need no selector.
      byte[] first = read(channel);
      // Who still says nothing after a long queue does not make others go.
      if (isFull() && (first != null || !crowded())) {
        makeRoom();
      }
      if (isFull()) {
        reset(channel);
      } else if (first == null) {
        silent.add(channel.register(selector, SelectionKey.OP_READ, Listener.now()));
      } else {
        begin(channel, first);
      }
    } catch (IOException e) {
      // The client has gone already.
      close(channel);
    }
  }

  private boolean isFull() {
    return silentOfAll.get() + host.count() >= most;
  }

  private void makeRoom() {
    boolean someone = true;
    // More than once, where other threads have accepted at this moment.
    while (someone && isFull()) {
      someone = giveWay();
    }
  }

  /** The first of the silent goes; where these are few, others give way. */
  private boolean giveWay() {
    boolean few = silentOfAll.get() <= most / SILENT_PART;
    return few && host.giveWay() || silent.resetEldest();
  }

  private void read(SelectionKey key) {
    SocketChannel channel = (SocketChannel) key.channel();
    try {
      byte[] first = read(channel);
      if (first == null) {
        return;
      }
      key.cancel();
      speakers.add(new Speaker(channel, first));
    } catch (IOException e) {
      close(channel);
    }
    silent.remove(key);
  }

  /**
   * What has come first; null if nothing has.
   *
   * @throws IOException when nothing more will
   */
  private byte[] read(SocketChannel channel) throws IOException {
    int count = channel.read(scratch.clear());
    if (count < 0) {
      throw new EOFException();
    }
    if (count == 0) {
      return null;
    }
    byte[] first = new byte[count];
    scratch.flip().get(first);
    return first;
  }

  private void begin(SocketChannel channel, byte[] first) throws IOException {
    channel.configureBlocking(true);
    host.begin(channel, first);
  }

  private void passOn() throws IOException {
    if (speakers.isEmpty()) {
      return;
    }
    // Has the selector forget them, as it must before they may block.
    selector.selectNow(key -> {});
    for (Speaker speaker : speakers) {
      try {
        begin(speaker.channel(), speaker.first());
      } catch (IOException e) {
        close(speaker.channel());
      }
    }
    speakers.clear();
  }

  /** Without the farewell of TCP, which costs as much as to accept another one. */
  static void reset(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // Then with it.
    }
    close(channel);
  }

  static void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  /** Who has said something is still passed on, nobody else. */
  private void finish() {
    close(server);
    try {
      selector.selectNow(this::ready);
      passOn();
      silent.closeThoseBefore(Long.MAX_VALUE);
      selector.close();
    } catch (IOException e) {
      log.warn("the port could not be closed", e);
    }
  }

  /** Accepts nobody any more; what was read is passed on. */
  void end() {
    ended = true;
    selector.wakeup();
  }

  /** Waits until all that was read is passed on, for a moment at most. */
  void join() {
    try {
      if (thread.isAlive()) {
        thread.join(LAST_LOOK);
      } else {
        close(server);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
