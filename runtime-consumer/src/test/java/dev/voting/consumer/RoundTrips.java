package dev.voting.consumer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A proxy that counts how often a client writes after its server has answered. */
final class RoundTrips implements AutoCloseable {
  private final ServerSocket socket;
  private int count;
  private boolean asked;

  RoundTrips(int serverPort) throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(
        () -> {
          try {
            while (true) {
              Socket client = socket.accept();
              Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
              Thread.startVirtualThread(() -> pump(client, server, true));
              Thread.startVirtualThread(() -> pump(server, client, false));
            }
          } catch (IOException e) {
            // It is closed.
          }
        });
  }

  private void pump(Socket from, Socket to, boolean asks) {
    byte[] bytes = new byte[65_536];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(bytes); read > 0; read = in.read(bytes)) {
        seen(asks);
        out.write(bytes, 0, read);
      }
    } catch (IOException e) {
      // One of them has closed it.
    }
  }

  private synchronized void seen(boolean asks) {
    if (asks && !asked) {
      count++;
    }
    asked = asks;
  }

  synchronized int count() {
    return count;
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
