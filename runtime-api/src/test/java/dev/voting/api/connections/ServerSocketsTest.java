package dev.voting.api.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerSocketsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final int BACKLOG = 64;

  /** More than one queue has room for, and too few for the fullest of four. */
  private static final int CLIENTS = 150;

  /** Who finds a queue full asks again after 1, 3 and 7 s, and nobody accepts meanwhile. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void moreConnectionsWaitThanOneQueueHolds() throws IOException {
    assumeTrue(severalAtOnePort());
    List<Socket> clients = new ArrayList<>();
    try (var sockets = new ServerSockets(new InetSocketAddress(HERE, 0), BACKLOG)) {
      for (int i = 0; i < CLIENTS; i++) {
        Socket client = new Socket();
        clients.add(client);
        client.connect(
            new InetSocketAddress(HERE, sockets.port()), Math.toIntExact(PATIENCE.toMillis()));
      }
      assertThat(acceptAll(sockets)).isEqualTo(CLIENTS);
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aPortThatAnotherProgramHasIsRefused() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, HERE)) {
      var taken = new InetSocketAddress(HERE, other.getLocalPort());
      assertThatThrownBy(() -> new ServerSockets(taken, BACKLOG)).isInstanceOf(BindException.class);
    }
  }

  /** Sharing a port is between the sockets of one program. */
  @Test
  void twoOfUsDoNotShareAPort() throws IOException {
    try (var first = new ServerSockets(new InetSocketAddress(HERE, 0), BACKLOG)) {
      var taken = new InetSocketAddress(HERE, first.port());
      assertThatThrownBy(() -> new ServerSockets(taken, BACKLOG)).isInstanceOf(BindException.class);
    }
  }

  private static int acceptAll(ServerSockets sockets) throws IOException {
    int[] accepted = {0};
    try (Selector selector = Selector.open()) {
      for (ServerSocketChannel channel : sockets.channels()) {
        channel.register(selector, SelectionKey.OP_ACCEPT);
      }
      while (accepted[0] < CLIENTS && selector.select(PATIENCE.toMillis()) > 0) {
        for (var key : selector.selectedKeys()) {
          SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
          if (channel != null) {
            accepted[0]++;
            channel.close();
          }
        }
        selector.selectedKeys().clear();
      }
    }
    return accepted[0];
  }

  private static boolean severalAtOnePort() throws IOException {
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      return channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
    }
  }
}
