package dev.voting.api.connections;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections, and keeps each until its first bytes have come: by one thread for all, so
 * that those that say nothing cost next to nothing. Accepting comes first, as who is not accepted
 * in time asks again only a second later.
 */
final class Arrivals {
  /** Whom they are passed on to. */
  interface Host {
    /** How many connections it has. */
    int count();

    /** Has some of its connections end, if it can do without them. */
    void giveWay();

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
  private static final long CROWDED = Duration.ofMillis(1_500).toNanos();

  private static final long NEVER = -1;

  private static final Duration CHECK_EVERY = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final Duration LAST_LOOK = Duration.ofSeconds(2);

  private final Host host;
  private final int most;
  private final long patience;
  private final Selector selector;
  private final ServerSockets sockets;
  private final Thread thread = Thread.ofPlatform().name("listener").unstarted(this::run);
  private volatile boolean ended;
  private volatile int waiting;
  private volatile long behindSince = NEVER;

  // Owned by the thread.
  private final List<ServerSocketChannel> asked = new ArrayList<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(FIRST);
  private final Set<SelectionKey> silent = new LinkedHashSet<>();
  private final List<Speaker> speakers = new ArrayList<>();

  private record Speaker(SocketChannel channel, byte[] first) {}

  /**
   * Listens.
   *
   * @param most connections, the host's included
   * @param patience the longest that one may say nothing
   * @throws IOException when the port cannot be had
   */
  Arrivals(InetSocketAddress address, Host host, int most, Duration patience) throws IOException {
    this.host = host;
    this.most = most;
    this.patience = patience.toNanos();
    this.sockets = new ServerSockets(address, ServerSockets.BACKLOG);
    try {
      this.selector = Selector.open();
      sockets.register(selector);
    } catch (IOException e) {
      sockets.close();
      throw e;
    }
  }

  void start() {
    thread.start();
  }

  int port() {
    return sockets.port();
  }

  /** How many connections have said nothing yet. */
  int waiting() {
    return waiting;
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
        asked.clear();
        selector.select(this::ready, CHECK_EVERY.toMillis());
        // Before others are accepted: the host counts only those that it was given.
        passOn();
        accept();
        closeOverdue();
        waiting = silent.size();
      } catch (IOException | RuntimeException e) {
        log.error("accepting connections met an unexpected error and goes on", e);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
    finish();
  }

  private void ready(SelectionKey key) {
    if (key.channel() instanceof ServerSocketChannel server) {
      asked.add(server);
    } else if (key.isValid()) {
      read(key);
    }
  }

  private void accept() {
    try {
      for (int taken = 0; taken < PART && !asked.isEmpty() && !ended; taken++) {
        // By turns, or the others' connections would wait for those of the first.
        int turn = taken % asked.size();
        SocketChannel channel = asked.get(turn).accept();
        if (channel == null) {
          asked.remove(turn);
        } else {
          take(channel);
        }
      }
      if (asked.isEmpty()) {
        behindSince = NEVER;
      } else if (behindSince == NEVER) {
        behindSince = Listener.now();
      }
    } catch (IOException e) {
      // Out of file descriptors, most likely.
      log.warn("a connection could not be accepted: {}", e.getMessage());
      makeRoom();
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void take(SocketChannel channel) {
    if (silent.size() + host.count() >= most) {
      makeRoom();
    }
    try {
      if (silent.size() + host.count() >= most) {
        channel.close();
        return;
      }
      channel.configureBlocking(false);
      silent.add(channel.register(selector, SelectionKey.OP_READ, Listener.now()));
    } catch (IOException e) {
      // The client has gone already.
      close(channel);
    }
  }

  /** The first of the silent goes; where these are few, others give way. */
  private void makeRoom() {
    if (silent.size() <= most / SILENT_PART) {
      host.giveWay();
    }
    Iterator<SelectionKey> eldest = silent.iterator();
    if (silent.size() + host.count() >= most && eldest.hasNext()) {
      close(eldest.next().channel());
      eldest.remove();
    }
  }

  private void read(SelectionKey key) {
    SocketChannel channel = (SocketChannel) key.channel();
    int count = -1;
    try {
      count = channel.read(scratch.clear());
    } catch (IOException e) {
      // It is gone, as below.
    }
    if (count == 0) {
      return;
    }
    silent.remove(key);
    if (count < 0) {
      close(channel);
    } else {
      key.cancel();
      byte[] first = new byte[count];
      scratch.flip().get(first);
      speakers.add(new Speaker(channel, first));
    }
  }

  private void passOn() throws IOException {
    if (speakers.isEmpty()) {
      return;
    }
    // Has the selector forget them, as it must before they may block.
    selector.selectNow(key -> {});
    for (Speaker speaker : speakers) {
      try {
        speaker.channel().configureBlocking(true);
        host.begin(speaker.channel(), speaker.first());
      } catch (IOException e) {
        close(speaker.channel());
      }
    }
    speakers.clear();
  }

  private void closeOverdue() {
    long now = Listener.now();
    Iterator<SelectionKey> eldest = silent.iterator();
    while (eldest.hasNext()) {
      SelectionKey key = eldest.next();
      if (now - (long) key.attachment() <= patience) {
        return;
      }
      close(key.channel());
      eldest.remove();
    }
  }

  private static void close(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  /** Who has said something is still passed on, nobody else. */
  private void finish() {
    sockets.close();
    try {
      selector.selectNow(this::ready);
      passOn();
      silent.forEach(key -> close(key.channel()));
      selector.close();
    } catch (IOException e) {
      log.warn("the port could not be closed", e);
    }
  }

  /** Accepts nobody any more; what was read is passed on. */
  void end() {
    ended = true;
    selector.wakeup();
    try {
      if (thread.isAlive()) {
        thread.join(LAST_LOOK);
      } else {
        sockets.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
