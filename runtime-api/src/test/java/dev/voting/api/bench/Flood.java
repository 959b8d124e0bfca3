package dev.voting.api.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Very many hostile connections, from a process of its own because each has so many file
 * descriptors: {@code Flood kind count port}. They are kept until the process is ended, and made
 * again when the service closes them.
 */
public final class Flood {
  private static final String UPLOAD =
      "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: 1000000\r\n\r\n{\"option\":\"cats\"}";
  private static final String STREAM = "GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n";

  private Flood() {}

  /** What the connections do. */
  enum Kind {
    /** Send most of a large body, and then nothing. */
    UPLOADS,
    /** Send nothing. */
    IDLE,
    /** Ask for a stream, and take nothing of it. */
    DEAF
  }

  /** See above. */
  public static void main(String[] args) throws Exception {
    Kind kind = Kind.valueOf(args[0]);
    int count = Integer.parseInt(args[1]);
    int port = Integer.parseInt(args[2]);
    List<SocketChannel> channels = new ArrayList<>();
    ByteBuffer spaces = ByteBuffer.wrap(" ".repeat(990_000).getBytes(US_ASCII));
    for (int i = 0; i < count; i++) {
      // One address has but so many ports.
      channels.add(open(kind, new InetSocketAddress("127.0.0." + (1 + i % 4), port)));
    }
    long deadline = System.nanoTime() + 3_000_000_000L;
    while (kind == Kind.UPLOADS && System.nanoTime() < deadline) {
      for (SocketChannel channel : channels) {
        try {
          channel.write(spaces.duplicate().limit(50_000 + (int) (Math.random() * 900_000)));
        } catch (IOException e) {
          // The service does not want it.
        }
      }
    }
    System.out.println("open");
    Thread.sleep(Long.MAX_VALUE);
  }

  private static SocketChannel open(Kind kind, InetSocketAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open();
    if (kind == Kind.DEAF) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 2048);
    }
    channel.connect(address);
    channel.configureBlocking(false);
    if (kind != Kind.IDLE) {
      String begin = kind == Kind.UPLOADS ? UPLOAD : STREAM;
      channel.write(ByteBuffer.wrap(begin.getBytes(US_ASCII)));
    }
    return channel;
  }

  /** Starts such a process. */
  static Process start(Kind kind, int count, int port) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Flood.class.getName(),
            kind.name(),
            Integer.toString(count),
            Integer.toString(port));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return builder.start();
  }
}
