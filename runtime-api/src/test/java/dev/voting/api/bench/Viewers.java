package dev.voting.api.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.HdrHistogram.Histogram;

/**
 * Very many clients of the stream of results, who note how late each event comes, in a process of
 * their own, because each process has but so many file descriptors: {@code Viewers port count}.
 * Says "open" once all are; at each line that it reads it prints what it has noted since the one
 * before, as a Base64 histogram, and how many streams were lost.
 */
public final class Viewers implements AutoCloseable {
  private static final byte[] REQUEST =
      "GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII);
  private static final String UPDATED = "\"last_updated\":\"";

  /** Fewer than the connections that the service takes besides streams. */
  private static final int UNDER_WAY = 50;

  private final int port;
  private final Selector selector = Selector.open();
  private final ConcurrentLinkedQueue<SocketChannel> arriving = new ConcurrentLinkedQueue<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
  private final Thread thread = Thread.ofPlatform().name("viewers").daemon().unstarted(this::run);
  private Histogram late = new Histogram(3_600_000_000L, 3);
  private int lost;
  private volatile int informed;
  private volatile boolean closing;

  /** See above. */
  public static void main(String[] args) throws Exception {
    try (Viewers viewers = new Viewers(Integer.parseInt(args[0]))) {
      viewers.open(Integer.parseInt(args[1]));
      System.out.println("open");
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
      while (in.readLine() != null) {
        System.out.println(viewers.encode());
      }
    }
  }

  /** Starts such a process. */
  static Process start(int port, int count) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Viewers.class.getName(),
            Integer.toString(port),
            Integer.toString(count))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  Viewers(int port) throws IOException {
    this.port = port;
    thread.start();
  }

  /** Opens so many more; returns when all have received the results as they are. */
  void open(int count) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      // One address has but so many ports.
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress("127.0.0." + (1 + i % 4), port));
      channel.write(ByteBuffer.wrap(REQUEST));
      channel.configureBlocking(false);
      arriving.add(channel);
      selector.wakeup();
      while (i - informed >= UNDER_WAY) {
        Thread.sleep(5);
      }
    }
    Thread.sleep(5_000);
  }

  private void run() {
    try {
      while (!closing) {
        selector.select(100);
        for (SocketChannel c = arriving.poll(); c != null; c = arriving.poll()) {
          c.register(selector, SelectionKey.OP_READ);
        }
        for (SelectionKey key : selector.selectedKeys()) {
          read(key);
        }
        selector.selectedKeys().clear();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized void read(SelectionKey key) {
    in.clear();
    int count = -1;
    try {
      count = ((SocketChannel) key.channel()).read(in);
    } catch (IOException e) {
      // Lost, as below.
    }
    if (count < 0) {
      key.cancel();
      lost++;
      informed += key.attachment() == null ? 1 : 0;
      return;
    }
    if (key.attachment() == null) {
      key.attach(this);
      informed++;
    }
    String text = US_ASCII.decode(in.flip()).toString();
    int at = text.lastIndexOf(UPDATED);
    if (at >= 0) {
      int from = at + UPDATED.length();
      Instant committed = Instant.parse(text.substring(from, text.indexOf('"', from)));
      late.recordValue(
          Math.clamp(ChronoUnit.MICROS.between(committed, Instant.now()), 0, 3_600_000_000L));
    }
  }

  private synchronized String encode() {
    ByteBuffer bytes = ByteBuffer.allocate(late.getNeededByteBufferCapacity());
    late.encodeIntoByteBuffer(bytes);
    late = new Histogram(3_600_000_000L, 3);
    return lost
        + " "
        + Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), bytes.position()));
  }

  @Override
  public void close() throws IOException {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
