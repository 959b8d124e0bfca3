package dev.voting.api.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends one request over and over, over so many kept connections, from a single thread that costs
 * little, so that most of the machine is left to the server. Speaks just enough of HTTP, or of
 * Redis' protocol, to find where an answer ends.
 */
final class LoadGenerator {
  /** Reports where an answer ends and whether it is a good one. */
  interface Protocol {
    /**
     * The length of the whole answer, or -1 while more is to come.
     *
     * @param received what has come so far, from index 0 to its position
     */
    int length(ByteBuffer received);

    boolean good(ByteBuffer received);
  }

  /**
   * What was seen.
   *
   * @param answers good answers
   * @param errors other answers
   * @param seconds for how long
   * @param latency in microseconds; of a paced run from when a request should have been sent
   */
  record Report(long answers, long errors, double seconds, Histogram latency) {
    double perSecond() {
      return answers / seconds;
    }

    double p99Millis() {
      return latency.getValueAtPercentile(99) / 1000.0;
    }
  }

  private final InetSocketAddress server;
  private final byte[] request;
  private final Protocol protocol;
  private final byte[] greeting;

  LoadGenerator(int port, byte[] request, Protocol protocol) {
    this(port, request, protocol, new byte[0]);
  }

  /**
   * @param greeting sent once on each connection; has one answer too
   */
  LoadGenerator(int port, byte[] request, Protocol protocol, byte[] greeting) {
    this.server = new InetSocketAddress("127.0.0.1", port);
    this.request = request;
    this.protocol = protocol;
    this.greeting = greeting;
  }

  /** As many requests as can be, each connection waiting for its answer. */
  Report closed(int connections, Duration time) throws IOException {
    return run(connections, time, 0);
  }

  /** So many requests a second, evenly, whether or not the server keeps up. */
  Report paced(int connections, Duration time, double perSecond) throws IOException {
    return run(connections, time, perSecond);
  }

  private Report run(int count, Duration time, double perSecond) throws IOException {
    Histogram latency = new Histogram(60_000_000L, 3);
    long answers = 0;
    long errors = 0;
    try (Selector selector = Selector.open()) {
      Deque<Link> idle = new ArrayDeque<>();
      for (int i = 0; i < count; i++) {
        Link link = new Link(selector);
        if (greeting.length > 0) {
          link.greet();
        }
        idle.add(link);
      }
      long start = System.nanoTime();
      long end = start + time.toNanos();
      long gap = perSecond > 0 ? (long) (1e9 / perSecond) : 0;
      long due = start;
      long now = start;
      while (now < end) {
        while (!idle.isEmpty() && (gap == 0 || due <= now)) {
          idle.poll().send(gap == 0 ? System.nanoTime() : due);
          due += gap;
        }
        if (gap > 0 && !idle.isEmpty() && selector.selectNow() == 0) {
          LockSupport.parkNanos(Math.min(200_000, Math.max(0, due - System.nanoTime())));
          now = System.nanoTime();
          continue;
        }
        selector.select(1);
        now = System.nanoTime();
        for (SelectionKey key : selector.selectedKeys()) {
          Link link = (Link) key.attachment();
          if (link.receive()) {
            if (link.good) {
              answers++;
            } else {
              errors++;
            }
            latency.recordValue(Math.min(60_000_000L, (now - link.sent) / 1000));
            idle.add(link);
          }
        }
        selector.selectedKeys().clear();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      return new Report(answers, errors, seconds, latency);
    }
  }

  private final class Link {
    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocateDirect(request.length).put(request).flip();
    private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
    private long sent;
    private boolean good;

    Link(Selector selector) throws IOException {
      channel = SocketChannel.open(server);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    void greet() throws IOException {
      channel.write(ByteBuffer.wrap(greeting));
      while (!receive()) {
        Thread.onSpinWait();
      }
    }

    void send(long at) throws IOException {
      sent = at;
      out.rewind();
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    /** Whether the answer is complete. */
    boolean receive() throws IOException {
      if (channel.read(in) < 0) {
        throw new IOException("the server has closed a connection");
      }
      int length = protocol.length(in);
      if (length < 0 || in.position() < length) {
        return false;
      }
      good = protocol.good(in);
      in.clear();
      return true;
    }
  }

  /** HTTP/1.1 answers with a Content-Length. */
  record Http(int status) implements Protocol {
    private static final byte[] LENGTH = "content-length: ".getBytes(US_ASCII);

    @Override
    public int length(ByteBuffer received) {
      int body = -1;
      for (int i = 0; i + 3 < received.position(); i++) {
        if (received.get(i) == '\r' && received.get(i + 2) == '\r') {
          return body < 0 ? -1 : i + 4 + body;
        }
        if (received.get(i) == '\n' && body < 0 && startsWith(received, i + 1)) {
          body = number(received, i + 1 + LENGTH.length);
        }
      }
      return -1;
    }

    private static boolean startsWith(ByteBuffer received, int at) {
      if (at + LENGTH.length > received.position()) {
        return false;
      }
      for (int i = 0; i < LENGTH.length; i++) {
        if ((received.get(at + i) | 0x20) != (LENGTH[i] | 0x20)) {
          return false;
        }
      }
      return true;
    }

    private static int number(ByteBuffer received, int at) {
      int number = 0;
      for (int i = at; i < received.position() && received.get(i) >= '0'; i++) {
        number = number * 10 + received.get(i) - '0';
      }
      return number;
    }

    @Override
    public boolean good(ByteBuffer received) {
      return received.get(9) - '0' == status / 100
          && received.get(10) - '0' == status / 10 % 10
          && received.get(11) - '0' == status % 10;
    }
  }

  /** Redis' simple and bulk strings. */
  record Redis() implements Protocol {
    @Override
    public int length(ByteBuffer received) {
      int line = -1;
      for (int i = 0; i + 1 < received.position(); i++) {
        if (received.get(i) == '\r') {
          line = i + 2;
          break;
        }
      }
      if (line < 0 || received.get(0) != '$') {
        return line;
      }
      return line + Http.number(received, 1) + 2;
    }

    @Override
    public boolean good(ByteBuffer received) {
      return received.get(0) != '-';
    }
  }
}
