package dev.voting.api.connections;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Several sockets that listen at one port, where the system can do that. Each has a queue of its
 * own, of {@code net.core.somaxconn} connections at most, and who finds that full asks again only
 * after a second: half a processor takes some thousands a second, and a flood brings more.
 */
final class ServerSockets implements AutoCloseable {
  private static final int COUNT = 4;

  /** As many as systems give by default. */
  static final int BACKLOG = 4096;

  /** What the system holds of a request that we do not read. */
  private static final int RECEIVE_BUFFER = 16 * 1024;

  private final List<ServerSocketChannel> channels = new ArrayList<>();

  /**
   * Listens.
   *
   * @param backlog connections that each socket keeps until they are accepted
   * @throws IOException when the port cannot be had
   */
  ServerSockets(InetSocketAddress address, int backlog) throws IOException {
    try {
      // The first alone finds out whether another program has the port: those that share it do not.
      ServerSocketChannel first = open();
      first.bind(address, backlog);
      if (first.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        first.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        while (channels.size() < COUNT) {
          ServerSocketChannel next = open();
          next.setOption(StandardSocketOptions.SO_REUSEPORT, true);
          next.bind(first.getLocalAddress(), backlog);
        }
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private ServerSocketChannel open() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channels.add(channel);
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    // Each connection has it from here.
    channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
    channel.configureBlocking(false);
    return channel;
  }

  List<ServerSocketChannel> channels() {
    return channels;
  }

  int port() {
    return channels.getFirst().socket().getLocalPort();
  }

  @Override
  public void close() {
    for (ServerSocketChannel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        // It is closed either way.
      }
    }
  }
}
