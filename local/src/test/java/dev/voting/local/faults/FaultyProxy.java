package dev.voting.local.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Forwards TCP connections to a port of this machine, and does to them what networks do. */
final class FaultyProxy implements AutoCloseable {

  /** Which way bytes go. */
  enum Way {
    TO_SERVER,
    TO_CLIENT
  }

  /** What is done to the bytes that come. */
  sealed interface Fault {
    /** Nothing. */
    record None() implements Fault {}

    /** All arrive late. */
    record Latency(Duration time) implements Fault {}

    /** Bytes of one direction are dropped silently. */
    record HalfOpen(Way way) implements Fault {}

    /** The connection is reset after so many more of one way. */
    record Reset(Way way, int bytes) implements Fault {}
  }

  private static final Fault NONE = new Fault.None();

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Fault fault = NONE;

  FaultyProxy(int target) throws IOException {
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** For the connections that are open, and for new ones, until it is repaired. */
  void suffer(Fault what) {
    fault = what;
  }

  /**
   * What was lost on the way does not come any more: connections that it is missing in are ended.
   */
  void repair() {
    boolean lossy = fault instanceof Fault.HalfOpen;
    fault = NONE;
    if (lossy) {
      open.forEach(FaultyProxy::reset);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      open.add(client);
      open.add(server);
      Thread answers = Thread.ofVirtual().start(() -> forward(server, client, Way.TO_CLIENT));
      forward(client, server, Way.TO_SERVER);
      answers.join();
      open.remove(server);
    } catch (IOException cutOrRefused) {
      // The client sees its connection close.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private void forward(Socket from, Socket to, Way way) {
    byte[] buffer = new byte[16 * 1024];
    int passed = 0;
    Fault before = NONE;
    try {
      for (int n = from.getInputStream().read(buffer);
          n >= 0;
          n = from.getInputStream().read(buffer)) {
        Fault now = fault;
        passed = now.equals(before) ? passed : 0;
        before = now;
        switch (now) {
          case Fault.None() -> to.getOutputStream().write(buffer, 0, n);
          case Fault.Latency(Duration time) -> {
            Thread.sleep(time);
            to.getOutputStream().write(buffer, 0, n);
          }
          case Fault.HalfOpen(Way lost) -> {
            if (way != lost) {
              to.getOutputStream().write(buffer, 0, n);
            }
          }
          case Fault.Reset(Way counted, int bytes) -> {
            if (way == counted && passed + n >= bytes) {
              to.getOutputStream().write(buffer, 0, Math.max(0, bytes - passed));
              reset(from);
              reset(to);
              return;
            }
            passed += n;
            to.getOutputStream().write(buffer, 0, n);
          }
        }
      }
    } catch (IOException cut) {
      // The other direction ends too.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close(from);
    close(to);
  }

  /** Ends it as a machine does that knows of no such connection. */
  private static void reset(Socket socket) {
    try {
      socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException closed) {
      return;
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is unusable anyway.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(FaultyProxy::close);
  }
}
