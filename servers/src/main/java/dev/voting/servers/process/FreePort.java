package dev.voting.servers.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds unused TCP ports. They are below the range that systems take for outgoing connections, so
 * that a server which is down for a moment finds its port free again.
 */
public final class FreePort {
  private static final int FIRST = 15_000;
  private static final int BEYOND = 32_000;
  private static final int TRIES = 100;

  private FreePort() {}

  /** A port of the loopback address that is free now; another process may still be quicker. */
  public static int find() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEYOND);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // Try another one.
      }
    }
    throw new ServerException("no free port from " + FIRST + " to " + BEYOND);
  }
}
