package dev.voting.local.node.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Maps the names of the cluster to this machine: every {@code service.namespace.svc:port} is one
 * port of the loopback address, the same for as long as the node runs, so an address stays valid
 * when the process behind it is replaced.
 */
public final class Addresses {
  /** Below the range of ephemeral ports. */
  private static final int LOWEST = 20_000;

  private static final int HIGHEST = 32_000;

  private static final Pattern SERVICE =
      Pattern.compile(
          "(?<![A-Za-z0-9.-])(?:[a-z0-9-]+\\.)?(?<host>[a-z0-9-]+)\\.(?<namespace>[a-z0-9-]+)\\.svc"
              + "(?:\\.cluster\\.local)?\\.?:(?<port>\\d{1,5})(?![0-9])");

  private final Map<Name, Integer> ports = new ConcurrentHashMap<>();

  private record Name(String namespace, String host, int port) {}

  /** The port of 127.0.0.1 that stands for this service's port. */
  public int port(String namespace, String host, int port) {
    return ports.computeIfAbsent(new Name(namespace, host, port), _ -> free());
  }

  /** The text with every service address replaced by its loopback address. */
  public String translate(String text) {
    return translate(text, Optional.of("127.0.0.1"));
  }

  /**
   * The text with the port of every service address replaced by its local port, for programs that
   * resolve the service's name to the loopback address.
   */
  public String translatePorts(String text) {
    return translate(text, Optional.empty());
  }

  private String translate(String text, Optional<String> host) {
    return SERVICE
        .matcher(text)
        .replaceAll(
            match ->
                host.orElseGet(() -> match.group().substring(0, match.group().lastIndexOf(':')))
                    + ":"
                    + port(
                        match.group("namespace"),
                        match.group("host"),
                        Integer.parseInt(match.group("port"))));
  }

  /** A port that is free now, and that no other call on this machine is likely to get. */
  public static int free() {
    for (int attempt = 0; attempt < 1000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST);
  }

  /** Whether nobody listens on this port of the loopback address. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // Connections of a stopped process that linger in TIME_WAIT do not count as in use.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return true;
    } catch (java.net.BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
