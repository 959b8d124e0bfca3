package dev.voting.local.names;

import dev.voting.local.node.config.Configuration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Makes a JVM resolve the names of Services to the loopback address, and all others as usual. So a
 * runtime gets the same host names as on a cluster, and verifies servers' certificates for them.
 */
public final class ClusterNames extends InetAddressResolverProvider {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  @Override
  public InetAddressResolver get(Configuration configuration) {
    return new Resolver(configuration.builtinResolver());
  }

  @Override
  public String name() {
    return "names of Services on the loopback address";
  }

  private record Resolver(InetAddressResolver others) implements InetAddressResolver {
    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      return isService(host)
          ? Stream.of(InetAddress.getByAddress(host, LOOPBACK))
          : others.lookupByName(host, policy);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      return others.lookupByAddress(address);
    }

    /** No name of the Internet ends so. */
    private static boolean isService(String host) {
      String name = host.toLowerCase(Locale.ROOT);
      return name.endsWith(".svc") || name.endsWith(".svc.cluster.local");
    }
  }
}
