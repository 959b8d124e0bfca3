package dev.voting.api.connections;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Very many connections whose clients all receive the same, from one thread, which waits for none
 * of them: who is slow gets the latest message once it has taken the one before, and who takes
 * nothing for a while is disconnected. A stream costs about a kilobyte of the heap.
 */
public final class EventStreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventStreams.class);

  private static final Duration CHECK_EVERY = Duration.ofMillis(250);

  /**
   * Some messages' worth, so that one that takes nothing shows soon, and costs the system little.
   */
  private static final int SEND_BUFFER = 8 * 1024;

  /**
   * Seconds until a peer is asked whether it is there, and again, and how often: 14 s in all, less
   * than a stream is silent, for nobody is asked while something is under way to it.
   */
  private static final int KEEPALIVE_IDLE = 8;

  private static final int KEEPALIVE_INTERVAL = 2;
  private static final int KEEPALIVE_COUNT = 3;

  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(US_ASCII);

  /**
   * What is sent, of which only the latest matters.
   *
   * @param id who has seen it need not receive it
   */
  public record Message(String id, byte[] bytes) {}

  /**
   * What everybody is to receive before anything else, and later again when there is a newer one.
   *
   * @param bytes asked for when it is sent, so that it may say how late it is
   */
  public record Announcement(Supplier<byte[]> bytes) {}

  private final int most;
  private final Duration maxAge;
  private final long patience;
  private final Selector selector;
  private final Thread thread;
  private final AtomicInteger size = new AtomicInteger();
  private final Queue<Stream> arriving = new ConcurrentLinkedQueue<>();
  private final AtomicReference<byte[]> aside = new AtomicReference<>();
  private volatile Message latest;
  private volatile Announcement newest;
  private volatile boolean closing;

  // Owned by the thread.
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(1024);
  private Message sent;
  private Announcement announced;
  private ByteBuffer message = ByteBuffer.allocateDirect(1024);
  private long checked = System.nanoTime();

  /** One client. */
  private static final class Stream {
    private final SocketChannel channel;
    private final String seen;
    private final long ends;
    private SelectionKey key;
    private Message sent;
    private Announcement announced;

    /** What it could not take yet of what it was sent, and since when. */
    private ByteBuffer rest;

    private long stalledSince;

    Stream(SocketChannel channel, String seen, long ends) {
      this.channel = channel;
      this.seen = seen;
      this.ends = ends;
    }
  }

  /**
   * @param most streams at once
   * @param maxAge the longest that one lasts; each ends at a time of its own in the second half, so
   *     that its client comes back to another replica, and not all at once
   * @param patience the longest that a client may take nothing of what is there for it
   */
  public EventStreams(int most, Duration maxAge, Duration patience) {
    this.most = most;
    this.maxAge = maxAge;
    this.patience = patience.toNanos();
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.thread = Thread.ofPlatform().name("event-streams").daemon().unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /** Takes a place for a stream, if there is one left. */
  public boolean reserve() {
    if (size.incrementAndGet() <= most && !closing) {
      return true;
    }
    release();
    return false;
  }

  /** Gives back a place for which no stream has come. */
  public void release() {
    size.decrementAndGet();
  }

  /** How many streams there are. */
  public int size() {
    return size.get();
  }

  /**
   * Takes over a connection, for which a place was reserved, and whose answer has begun, in chunks.
   *
   * @param seen the id of the message that its client has seen last, or an empty one
   */
  public void add(SocketChannel channel, String seen) {
    long half = maxAge.toNanos() / 2;
    long age = half + ThreadLocalRandom.current().nextLong(half + 1);
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE);
      set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL);
      set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_COUNT);
    } catch (IOException e) {
      release();
      close(channel);
      return;
    }
    arriving.add(new Stream(channel, seen, System.nanoTime() + age));
    selector.wakeup();
  }

  private static <T> void set(SocketChannel channel, SocketOption<T> option, T value)
      throws IOException {
    if (channel.supportedOptions().contains(option)) {
      channel.setOption(option, value);
    }
  }

  /**
   * Sends to everybody, now or as soon as they can take it, unless there is something newer by
   * then.
   */
  public void send(Message newest) {
    latest = newest;
    selector.wakeup();
  }

  /** Sends to everybody before what is sent from now on, now or as soon as they can take it. */
  public void announce(Announcement announcement) {
    newest = announcement;
    selector.wakeup();
  }

  /** Sends something to everybody who is not behind. */
  public void mention(byte[] bytes) {
    aside.set(bytes);
    selector.wakeup();
  }

  private void run() {
    try {
      while (!closing) {
        selector.select(this::ready, CHECK_EVERY.toMillis());
        arrive();
        speak();
        check();
      }
      arrive();
      load(LAST_CHUNK);
      selector.keys().forEach(key -> end(stream(key)));
      selector.close();
    } catch (IOException | RuntimeException e) {
      log.error("the streams of events cannot go on", e);
      throw new IllegalStateException(e);
    }
  }

  private static Stream stream(SelectionKey key) {
    return (Stream) key.attachment();
  }

  private void arrive() {
    for (Stream stream = arriving.poll(); stream != null; stream = arriving.poll()) {
      // Whoever came after a message receives nothing older.
      announceNewest();
      sendLatest();
      try {
        stream.key = stream.channel.register(selector, SelectionKey.OP_READ, stream);
      } catch (IOException e) {
        size.decrementAndGet();
        continue;
      }
      if (sent != null && sent.id().equals(stream.seen)) {
        stream.sent = sent;
      }
      sendWhatIsMissing(stream);
    }
  }

  /** To one that has room for it. */
  private void sendWhatIsMissing(Stream stream) {
    if (stream.announced != announced) {
      stream.announced = announced;
      load(announced.bytes().get());
      send(stream);
    }
    if (stream.sent != sent && stream.rest == null && stream.key.isValid()) {
      stream.sent = sent;
      load(sent.bytes());
      send(stream);
    }
  }

  private void announceNewest() {
    Announcement now = newest;
    if (now == announced) {
      return;
    }
    announced = now;
    load(now.bytes().get());
    for (SelectionKey key : selector.keys()) {
      Stream stream = stream(key);
      if (stream.rest == null && key.isValid()) {
        stream.announced = now;
        send(stream);
      }
    }
  }

  private void speak() {
    announceNewest();
    byte[] mentioned = aside.getAndSet(null);
    if (!sendLatest() && mentioned != null) {
      load(mentioned);
      for (SelectionKey key : selector.keys()) {
        if (stream(key).rest == null && key.isValid()) {
          send(stream(key));
        }
      }
    }
  }

  /** Returns whether there was something to send. */
  private boolean sendLatest() {
    Message now = latest;
    if (now == sent) {
      return false;
    }
    sent = now;
    load(now.bytes());
    for (SelectionKey key : selector.keys()) {
      Stream stream = stream(key);
      if (stream.rest == null && key.isValid() && !unchanged(stream, now)) {
        stream.sent = now;
        send(stream);
      }
    }
    return true;
  }

  /** Whoever came before there was anything to send, and has seen it elsewhere. */
  private static boolean unchanged(Stream stream, Message now) {
    return stream.sent == null && now.id().equals(stream.seen);
  }

  /** What is to be sent next, as a chunk of the answer unless it is the last. */
  private void load(byte[] bytes) {
    byte[] begin =
        bytes == LAST_CHUNK
            ? new byte[0]
            : (Integer.toHexString(bytes.length) + "\r\n").getBytes(US_ASCII);
    int length = begin.length + bytes.length + 2;
    if (message.capacity() < length) {
      message = ByteBuffer.allocateDirect(length);
    }
    message.clear().put(begin).put(bytes);
    if (bytes != LAST_CHUNK) {
      message.put((byte) '\r').put((byte) '\n');
    }
    message.flip();
  }

  private void send(Stream stream) {
    message.rewind();
    try {
      stream.channel.write(message);
    } catch (IOException e) {
      drop(stream);
      return;
    }
    if (message.hasRemaining()) {
      stream.rest = ByteBuffer.allocate(message.remaining()).put(message).flip();
      stream.stalledSince = System.nanoTime();
      stream.key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  private void ready(SelectionKey key) {
    Stream stream = stream(key);
    try {
      if (key.isReadable()) {
        // Nothing is to be said on a stream of events: this is the end, or a client of no good.
        scratch.clear();
        if (stream.channel.read(scratch) != 0) {
          drop(stream);
          return;
        }
      }
      if (key.isWritable() && stream.rest != null) {
        catchUp(stream);
      }
    } catch (IOException e) {
      drop(stream);
    }
  }

  private void catchUp(Stream stream) throws IOException {
    if (stream.channel.write(stream.rest) > 0) {
      stream.stalledSince = System.nanoTime();
    }
    if (stream.rest.hasRemaining()) {
      return;
    }
    stream.rest = null;
    stream.key.interestOps(SelectionKey.OP_READ);
    sendWhatIsMissing(stream);
  }

  private void check() {
    long now = System.nanoTime();
    if (now - checked < CHECK_EVERY.toNanos()) {
      return;
    }
    checked = now;
    for (SelectionKey key : selector.keys()) {
      Stream stream = stream(key);
      if (stream.rest != null && now - stream.stalledSince > patience) {
        drop(stream);
      } else if (now - stream.ends > 0) {
        load(LAST_CHUNK);
        end(stream);
      }
    }
  }

  /** Ends the answer as it should be, if the client has taken all before. */
  private void end(Stream stream) {
    if (stream.rest == null && stream.key.isValid()) {
      send(stream);
    }
    drop(stream);
  }

  private void drop(Stream stream) {
    if (stream.key.isValid()) {
      size.decrementAndGet();
      stream.key.cancel();
      close(stream.channel);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  /** Ends all streams. */
  @Override
  public void close() {
    closing = true;
    if (!thread.isAlive()) {
      return;
    }
    selector.wakeup();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
