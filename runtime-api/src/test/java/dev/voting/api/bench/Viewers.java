package dev.voting.api.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.HdrHistogram.Histogram;

/** Very many clients of the stream of results, who note how late each event comes. */
final class Viewers implements AutoCloseable {
  private static final byte[] REQUEST =
      "GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII);
  private static final String UPDATED = "\"last_updated\":\"";

  private final int port;
  private final Selector selector = Selector.open();
  private final ConcurrentLinkedQueue<SocketChannel> arriving = new ConcurrentLinkedQueue<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
  private final Thread thread = Thread.ofPlatform().name("viewers").daemon().unstarted(this::run);
  private Histogram late = new Histogram(3_600_000_000L, 3);
  private int lost;
  private int opened;
  private volatile boolean closing;

  Viewers(int port) throws IOException {
    this.port = port;
    thread.start();
  }

  /** Opens so many more; returns when all are told of the results as they are. */
  void open(int count) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      // One address has but so many ports.
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress("127.0.0." + (1 + i % 4), port));
      channel.write(ByteBuffer.wrap(REQUEST));
      channel.configureBlocking(false);
      arriving.add(channel);
      selector.wakeup();
      if (i % 10 == 0) {
        Thread.sleep(20);
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
          opened++;
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
      return;
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

  synchronized void reset() {
    late = new Histogram(3_600_000_000L, 3);
  }

  synchronized String report() {
    return String.format(
        Locale.ROOT,
        "%d told, median %.0f ms, p99 %.0f ms, worst %.0f ms, %d of %d streams lost",
        late.getTotalCount(),
        late.getValueAtPercentile(50) / 1e3,
        late.getValueAtPercentile(99) / 1e3,
        late.getMaxValue() / 1e3,
        lost,
        opened);
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
