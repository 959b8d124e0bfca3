package dev.voting.api.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * The sender of a request. X-Forwarded-For and X-Forwarded-Proto count only from proxies that are
 * trusted, by their addresses or by their number.
 */
public final class Client {
  private static final HeaderName FORWARDED_PROTO = HeaderNames.create("X-Forwarded-Proto");

  private final List<Cidr> trustedProxies;
  private final int trustedHops;

  /**
   * @param trustedProxies all proxies that a request may pass
   * @param trustedHops or the number of proxies that every request passes, the last of which is the
   *     peer, whatever its address
   */
  public Client(List<Cidr> trustedProxies, int trustedHops) {
    this.trustedProxies = List.copyOf(trustedProxies);
    this.trustedHops = trustedHops;
  }

  /** The address of the client, seen through the trusted proxies. */
  public InetAddress address(ServerRequest request) {
    InetAddress address = peer(request);
    if (trustedHops > 0) {
      // A client may have written the entries further left itself.
      List<String> hops = forwarded(request);
      return hops.size() < trustedHops
          ? address
          : parse(hops.get(hops.size() - trustedHops)).orElse(address);
    }
    if (trustedProxies.isEmpty() || !trusted(address)) {
      return address;
    }
    // Each proxy appends its client, so the list is trusted from its end, up to the first address
    // that is no trusted proxy.
    for (String hop : forwarded(request).reversed()) {
      Optional<InetAddress> client = parse(hop);
      if (client.isEmpty()) {
        return address;
      }
      address = client.get();
      if (!trusted(address)) {
        return address;
      }
    }
    return address;
  }

  private static List<String> forwarded(ServerRequest request) {
    return request.headers().contains(HeaderNames.X_FORWARDED_FOR)
        ? List.of(
            String.join(",", request.headers().get(HeaderNames.X_FORWARDED_FOR).allValues())
                .split(",", -1))
        : List.of();
  }

  private static Optional<InetAddress> parse(String hop) {
    try {
      return Optional.of(InetAddress.ofLiteral(withoutPort(hop.strip())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether the client used TLS to a trusted proxy. */
  public boolean secure(ServerRequest request) {
    return request.headers().contains(FORWARDED_PROTO)
        && (trustedHops > 0 || trusted(peer(request)))
        && request.headers().get(FORWARDED_PROTO).get().equalsIgnoreCase("https");
  }

  private boolean trusted(InetAddress address) {
    return trustedProxies.stream().anyMatch(block -> block.contains(address));
  }

  private static InetAddress peer(ServerRequest request) {
    return ((InetSocketAddress) request.remotePeer().address()).getAddress();
  }

  /** Some proxies write {@code 192.0.2.1:1234} or {@code [2001:db8::1]:1234}. */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[") && hop.indexOf(']') > 0) {
      return hop.substring(1, hop.indexOf(']'));
    }
    int colon = hop.indexOf(':');
    return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }
}
