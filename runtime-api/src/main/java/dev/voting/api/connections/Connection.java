package dev.voting.api.connections;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of which something has come, on a virtual thread of its own. It reads a request,
 * answers it, and waits for the first byte of another. Each of these has its time, however slowly
 * bytes trickle; when that is over the connection is closed. While it waits it may be closed at any
 * time, and while it reads when there are too many; what was read whole is answered.
 */
public final class Connection implements ConnectionContext, DataWriter, Runnable {
  private enum State {
    WAITING,
    READING,
    ANSWERING,
    HANDED_OVER,
    ENDED
  }

  /** Where a connection's own part of the code finds it. */
  private static final ScopedValue<Connection> CURRENT = ScopedValue.newInstance();

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** As much as most requests have. */
  private static final int SMALL = 1024;

  private static final int LARGE = 8 * 1024;

  /** What is longer is read at the pace of all that are. */
  private static final int LONG = 8 * 1024;

  /** What a request may take of memory without asking, in bytes. */
  private static final int ALLOWANCE = 6 * 1024;

  /** What each piece that is read costs besides its bytes. */
  private static final int PIECE = 64;

  /**
   * So much more is read and thrown away, so that a client that only reads the answer once it has
   * sent everything gets to see it.
   */
  private static final long MAX_DISCARDED = 2 * 1024 * 1024;

  private static final Duration DISCARD_FOR = Duration.ofSeconds(2);

  private final Listener listener;
  private final SocketChannel channel;
  private final Peer remote;
  private final DataReader reader = DataReader.create(this::read);
  private final AtomicReference<State> state = new AtomicReference<>(State.READING);

  /** When what it does now has to be done, by {@link Listener#now}. */
  private volatile long due;

  // Owned by the connection's thread.
  private byte[] first;
  private boolean hasTurn = true;
  private ByteBuffer in;
  private boolean answered = true;
  private boolean discards;
  private long pieces;
  private long taken;
  private Consumer<SocketChannel> heir;
  private Runnable noHeir = () -> {};

  /**
   * @param first what was read of it already
   */
  Connection(Listener listener, SocketChannel channel, byte[] first) throws IOException {
    this.listener = listener;
    this.channel = channel;
    this.first = first;
    this.remote = new Peer((InetSocketAddress) channel.getRemoteAddress());
    this.due = Listener.now() + listener.limits().request().toNanos();
  }

  /** The connection of the request that the calling thread answers. */
  public static Connection current() {
    return CURRENT.get();
  }

  @Override
  public void run() {
    ScopedValue.where(CURRENT, this).run(this::serve);
  }

  private void serve() {
    try {
      if (state.get() != State.ENDED) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        listener.http().serve(this);
      }
    } catch (IOException e) {
      // The client has gone already.
    } catch (CloseConnectionException | UncheckedIOException e) {
      // It is at its end: the client's, ours, or the network's.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.warn("a connection ended unexpectedly", e);
    } finally {
      release();
      giveUpTurn();
      if (heir != null && state.compareAndSet(State.ANSWERING, State.HANDED_OVER)) {
        listener.gone(this);
        heir.accept(channel);
      } else {
        noHeir.run();
        discard();
        listener.gone(this);
        close();
      }
    }
  }

  /** The next bytes, or null when no more will come. */
  private byte[] read() {
    return answered ? awaitRequest() : account(receive());
  }

  private byte[] awaitRequest() {
    release();
    if (first != null) {
      byte[] bytes = first;
      first = null;
      answered = false;
      return account(bytes);
    }
    if (state.get() == State.ANSWERING) {
      due = Listener.now() + listener.limits().idle().toNanos();
      state.compareAndSet(State.ANSWERING, State.WAITING);
    }
    if (listener.ended()) {
      return null;
    }
    byte[] bytes = receive();
    if (bytes == null || !state.compareAndSet(State.WAITING, State.READING)) {
      return null;
    }
    due = Listener.now() + listener.limits().request().toNanos();
    answered = false;
    return account(bytes);
  }

  private byte[] receive() {
    giveUpTurn();
    if (pieces > LONG) {
      // Nothing is held while it waits.
      in = null;
      listener.longRequests().await(LARGE);
    }
    if (in == null) {
      in = ByteBuffer.allocate(pieces < SMALL ? SMALL : LARGE);
    }
    try {
      int count = channel.read(in.clear());
      if (count < 0) {
        return null;
      }
      byte[] bytes = Arrays.copyOf(in.array(), count);
      if (count == in.capacity() && count == SMALL) {
        in = ByteBuffer.allocate(LARGE);
      }
      return bytes;
    } catch (IOException e) {
      throw new ServerConnectionException("the connection was lost", e);
    }
  }

  /** Others may begin: this one waits, or has read its request. */
  private void giveUpTurn() {
    if (hasTurn) {
      hasTurn = false;
      listener.turns().giveUp();
    }
  }

  /** Has what was read counted against what all requests together may take. */
  private byte[] account(byte[] bytes) {
    if (bytes != null) {
      pieces += bytes.length + PIECE;
      long more = pieces - ALLOWANCE - taken;
      if (more > 0) {
        if (!listener.budget().take(more)) {
          discards = true;
          throw RequestException.builder()
              .type(EventType.OTHER)
              .status(Status.SERVICE_UNAVAILABLE_503)
              .setKeepAlive(false)
              .message("too much is being sent at once")
              .build();
        }
        taken += more;
      }
    }
    return bytes;
  }

  private void release() {
    listener.budget().give(taken);
    taken = 0;
    pieces = 0;
    if (in != null && in.capacity() > SMALL) {
      in = null;
    }
  }

  /** The request was read whole. As long as it took to come may be taken to answer it. */
  public void received() {
    State now = state.get();
    if (now == State.ENDED
        || (now == State.READING && !state.compareAndSet(now, State.ANSWERING))) {
      throw new CloseConnectionException("the request came too slowly");
    }
    due = Listener.now() + listener.limits().request().toNanos();
    answered = false;
    giveUpTurn();
  }

  /** The answer was sent. */
  public void answered() {
    state.compareAndSet(State.READING, State.ANSWERING);
    answered = true;
  }

  /**
   * The answer is sent though not all of the request was read, and the connection will be closed:
   * what still comes is thrown away, for some time.
   */
  public void discardRest() {
    discards = true;
  }

  /**
   * Leaves the connection to somebody else as soon as the request is done with. From then on it no
   * longer counts as one of the listener's.
   *
   * @param newOwner is given it
   * @param otherwise is called when the connection is at its end before that
   * @return to be thrown, for that is how a route lets go of a connection
   */
  public CloseConnectionException handOver(Consumer<SocketChannel> newOwner, Runnable otherwise) {
    heir = newOwner;
    noHeir = otherwise;
    return new CloseConnectionException("the connection has another owner now");
  }

  private void discard() {
    if (!discards || state.get() == State.ENDED) {
      return;
    }
    due = Listener.now() + DISCARD_FOR.toNanos();
    state.set(State.WAITING);
    try {
      channel.shutdownOutput();
      in = ByteBuffer.allocate(LARGE);
      long discarded = 0;
      for (int n = 0; n >= 0 && discarded < MAX_DISCARDED; discarded += n) {
        n = channel.read(in.clear());
        listener.refusedRequests().await(Math.max(0, n));
      }
    } catch (IOException e) {
      // Nothing more will come.
    }
  }

  /** When it has to be done with what it does now. */
  long due() {
    return due;
  }

  /** Whether it may be closed for others' sake. */
  boolean yields() {
    State now = state.get();
    return now == State.WAITING || now == State.READING;
  }

  /** Whether some of a request has come. */
  boolean isReading() {
    return state.get() == State.READING;
  }

  /** Closes it if it waits for a request. */
  void closeIfWaiting() {
    if (state.compareAndSet(State.WAITING, State.ENDED)) {
      close();
    }
  }

  /** Closes it whatever it does, unless it is no longer the listener's. */
  void cut() {
    State now = state.get();
    while (now != State.ENDED && now != State.HANDED_OVER) {
      if (state.compareAndSet(now, State.ENDED)) {
        close();
        return;
      }
      now = state.get();
    }
  }

  /** Closes it unless it answers. */
  boolean yieldPlace() {
    if (state.compareAndSet(State.WAITING, State.ENDED)
        || state.compareAndSet(State.READING, State.ENDED)) {
      close();
      return true;
    }
    return false;
  }

  @Override
  public void write(BufferData... buffers) {
    write(BufferData.create(buffers));
  }

  @Override
  public void write(BufferData buffer) {
    ByteBuffer out = ByteBuffer.allocate(buffer.available());
    buffer.writeTo(out, out.remaining());
    out.flip();
    try {
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void writeNow(BufferData... buffers) {
    write(buffers);
  }

  @Override
  public void writeNow(BufferData buffer) {
    write(buffer);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  @Override
  public ListenerContext listenerContext() {
    return listener.http();
  }

  @Override
  public ExecutorService executor() {
    return listener.http().executor();
  }

  @Override
  public DataWriter dataWriter() {
    return this;
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public Router router() {
    return listener.http().router();
  }

  @Override
  public PeerInfo remotePeer() {
    return remote;
  }

  @Override
  public PeerInfo localPeer() {
    try {
      return new Peer((InetSocketAddress) channel.getLocalAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public String socketId() {
    return "http";
  }

  @Override
  public String childSocketId() {
    return "http";
  }
}
