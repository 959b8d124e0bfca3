package dev.voting.operator.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers one ConfigMap, but breaks off amid the exchange: at any phase, in any way, by HTTP/1.1
 * and HTTP/2. It speaks just as much of both as that takes.
 */
final class BreakingServer implements AutoCloseable {

  /** How far an answer gets. */
  enum Phase {
    BEFORE_THE_HEAD,
    AMID_THE_HEAD,
    AFTER_THE_HEAD,
    AMID_THE_BODY
  }

  /** What becomes of it then. */
  enum Break {
    STALL,
    CLOSE,
    RESET,
    /** HTTP/2 only: the connection takes no more streams, and is silent on this one. */
    GOAWAY,
    /** HTTP/2 only: as before, and it says that this stream was not looked at. */
    GOAWAY_UNPROCESSED,
    /** HTTP/2 only: ends the stream. */
    RESET_STREAM
  }

  private static final byte[] BODY =
      "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"any\"}}"
          .getBytes(US_ASCII);
  private static final int HALF = BODY.length / 2;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  /** The first entry of HPACK's table that says ":status: 200". */
  private static final byte STATUS_200 = (byte) 0x88;

  private final ServerSocket listener;
  private final boolean http2;
  private final Phase phase;
  private final Break how;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean breaks;

  BreakingServer(boolean http2, Phase phase, Break how) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.http2 = http2;
    this.phase = phase;
    this.how = how;
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** From now on no answer is whole. */
  void breakAnswers() {
    breaks = true;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      var in = new DataInputStream(client.getInputStream());
      var out = new DataOutputStream(client.getOutputStream());
      while (readHead(in)) {
        if (http2) {
          serveHttp2(client, in, out);
        } else {
          answer(client, out);
        }
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  /** Requests have no body here. */
  private static boolean readHead(DataInputStream in) throws IOException {
    var end = new StringBuilder();
    while (!end.toString().endsWith("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        return false;
      }
      end.append((char) c);
    }
    return true;
  }

  private void answer(Socket client, DataOutputStream out) throws IOException {
    var head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(BODY.length)
            .getBytes(US_ASCII);
    if (breaks) {
      out.write(head, 0, headBytes(head.length));
      out.write(BODY, 0, phase == Phase.AMID_THE_BODY ? HALF : 0);
      out.flush();
      breakOff(client, out, 0);
    } else {
      out.write(head);
      out.write(BODY);
    }
    out.flush();
  }

  private int headBytes(int all) {
    return switch (phase) {
      case BEFORE_THE_HEAD -> 0;
      case AMID_THE_HEAD -> all / 2;
      case AFTER_THE_HEAD, AMID_THE_BODY -> all;
    };
  }

  /** The first request upgrades the connection, and is its stream 1. */
  private void serveHttp2(Socket client, DataInputStream in, DataOutputStream out)
      throws IOException {
    out.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
            .getBytes(US_ASCII));
    frame(out, SETTINGS, 0, 0);
    in.readNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
    answerHttp2(client, out, 1);
    while (true) {
      int length = (in.readUnsignedByte() << 16) + in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      in.skipNBytes(length);
      if (type == SETTINGS && flags != ACK) {
        frame(out, SETTINGS, ACK, 0);
      } else if (type == HEADERS) {
        answerHttp2(client, out, stream);
      }
    }
  }

  private void answerHttp2(Socket client, DataOutputStream out, int stream) throws IOException {
    if (!breaks) {
      frame(out, HEADERS, END_HEADERS, stream, STATUS_200);
      frame(out, DATA, END_STREAM, stream, BODY);
      return;
    }
    if (phase != Phase.BEFORE_THE_HEAD) {
      frame(out, HEADERS, phase == Phase.AMID_THE_HEAD ? 0 : END_HEADERS, stream, STATUS_200);
    }
    if (phase == Phase.AMID_THE_BODY) {
      frame(out, DATA, 0, stream, Arrays.copyOf(BODY, HALF));
    }
    breakOff(client, out, stream);
  }

  private void breakOff(Socket client, DataOutputStream out, int stream) throws IOException {
    switch (how) {
      case STALL -> {}
      case CLOSE -> client.close();
      case RESET -> {
        client.setSoLinger(true, 0);
        client.close();
      }
      case GOAWAY -> goAway(out, stream);
      case GOAWAY_UNPROCESSED -> goAway(out, stream - 2);
      case RESET_STREAM -> frame(out, RST_STREAM, 0, stream, new byte[] {0, 0, 0, 2});
    }
  }

  private static void goAway(DataOutputStream out, int last) throws IOException {
    frame(out, GOAWAY, 0, 0, new byte[] {0, 0, 0, (byte) last, 0, 0, 0, 0});
  }

  private static void frame(DataOutputStream out, int type, int flags, int stream, byte... payload)
      throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
