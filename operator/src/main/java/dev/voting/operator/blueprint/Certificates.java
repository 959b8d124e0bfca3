package dev.voting.operator.blueprint;

import dev.voting.crd.VotingApp;
import dev.voting.operator.certificates.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The certificates of a blueprint's input: none unless {@code spec.tls.enabled}. */
public sealed interface Certificates {

  /** TLS is off, or nobody has looked yet. */
  record None() implements Certificates {
    @Override
    public Optional<String> trusted() {
      return Optional.empty();
    }
  }

  /**
   * Of the operator's own CA.
   *
   * @param authority the CA's Secret, key included, for the data namespace alone
   * @param servers the servers' certificates, by component
   * @param bundle the certificates of the CAs that clients trust
   */
  record Own(Map<String, String> authority, Map<String, Identity.Text> servers, String bundle)
      implements Certificates {

    public Own {
      authority = new TreeMap<>(authority);
      servers = new TreeMap<>(servers);
    }

    @Override
    public Optional<String> trusted() {
      return Optional.of(bundle);
    }

    @Override
    public String toString() {
      return "Own[masked]";
    }
  }

  /**
   * Of an issuer of cert-manager, which keeps the servers' certificates itself.
   *
   * @param trusted the certificates of the CAs that clients trust; absent until it has issued
   */
  record Issued(Optional<String> trusted) implements Certificates {}

  /** The certificates of the CAs that clients trust, once they are known. */
  Optional<String> trusted();

  /**
   * The servers that are to have one.
   *
   * @param app the VotingApp
   * @return {@link Names#POSTGRES} and {@link Names#REDIS}, as far as they are the operator's own
   */
  static List<String> servers(VotingApp app) {
    var spec = app.getSpec();
    var servers = new ArrayList<String>();
    if (spec.tls().enabled() && spec.postgres().external() == null) {
      servers.add(Names.POSTGRES);
    }
    if (spec.tls().enabled() && spec.redis().external() == null) {
      servers.add(Names.REDIS);
    }
    return servers;
  }

  /**
   * Certificates for a blueprint that only people read.
   *
   * @param app the VotingApp
   */
  static Certificates masked(VotingApp app) {
    if (!app.getSpec().tls().enabled()) {
      return new None();
    }
    if (app.getSpec().tls().issuerRef() != null) {
      return new Issued(Optional.of("masked"));
    }
    var servers = new TreeMap<String, Identity.Text>();
    servers(app).forEach(server -> servers.put(server, new Identity.Text("masked", "masked")));
    return new Own(Map.of("tls.crt", "masked", "tls.key", "masked"), servers, "masked");
  }
}
