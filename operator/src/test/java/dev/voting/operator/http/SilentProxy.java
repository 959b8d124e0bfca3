package dev.voting.operator.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Forwards TCP connections to a port of this machine, until it forwards nothing more and yet closes
 * nothing: as a network that loses all packets.
 */
public final class SilentProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** Of the connections made from now on; those of before keep the one that they began with. */
  private volatile AtomicBoolean silent = new AtomicBoolean();

  /**
   * Starts one.
   *
   * @param target a port of this machine
   */
  public SilentProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /** Falls silent, on the connections that are open and on those to come. */
  public void fallSilent() {
    silent.set(true);
  }

  /** Falls silent on the connections that are open, while new ones work. */
  void fallSilentOnThoseOpen() {
    var before = silent;
    silent = new AtomicBoolean();
    before.set(true);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        var quiet = silent;
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client, quiet));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket client, AtomicBoolean quiet) {
    try (client;
        var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(server);
      var answers = Thread.ofVirtual().start(() -> forward(server, client, quiet));
      forward(client, server, quiet);
      answers.join();
      open.remove(server);
    } catch (IOException _) {
      // One of both ends has closed.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private static void forward(Socket from, Socket to, AtomicBoolean quiet) {
    var buffer = new byte[16 * 1024];
    try (to) {
      var in = from.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!quiet.get()) {
          to.getOutputStream().write(buffer, 0, n);
        }
      }
    } catch (IOException _) {
      // The other direction ends too.
    }
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
