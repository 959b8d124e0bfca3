package dev.voting.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** A connection on which a test sends any bytes it likes. */
final class RawHttp implements AutoCloseable {
  private final Socket socket;

  /**
   * What the server answered.
   *
   * @param status the HTTP status
   * @param headers the header lines, in lower case
   * @param body the body, one char for each byte
   */
  record Answer(int status, String headers, String body) {
    boolean closes() {
      return headers.contains("connection: close");
    }
  }

  RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
  }

  void send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** No more will be sent; answers can still be read. */
  void finishSending() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads one answer; nothing when the server closes the connection instead. */
  Optional<Answer> read() throws IOException {
    try {
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        int b = in.read();
        if (b < 0) {
          return Optional.empty();
        }
        head.write(b);
      }
      String text = head.toString(ISO_8859_1).toLowerCase(Locale.ROOT);
      int at = text.indexOf("content-length: ");
      int length = at < 0 ? 0 : Integer.parseInt(text.substring(at + 16, text.indexOf('\r', at)));
      String body = new String(in.readNBytes(length), ISO_8859_1);
      return Optional.of(new Answer(Integer.parseInt(text.substring(9, 12)), text, body));
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // Reset: the server has closed while we were still sending.
      return Optional.empty();
    }
  }

  /** Reads until that text has come; all that came with it. */
  String readUntil(String text) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(text) < 0) {
      int b = socket.getInputStream().read();
      if (b < 0) {
        throw new IOException("closed after " + read);
      }
      read.append((char) b);
    }
    return read.toString();
  }

  /** Waits until the server has closed the connection. */
  Duration awaitClose() throws IOException {
    long start = System.nanoTime();
    try {
      while (socket.getInputStream().read() >= 0) {
        continue;
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // Reset is closed, too.
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
