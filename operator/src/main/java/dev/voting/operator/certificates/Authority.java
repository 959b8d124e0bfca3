package dev.voting.operator.certificates;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A CA of the operator's own, through the change of its key.
 *
 * <p>A year before it ends the next one is made, and clients are given both. A day later, when all
 * have it, the next one signs. The one before is trusted until it ends.
 *
 * @param current signs
 * @param next will sign, and is trusted already
 * @param previous signed before, and is trusted still
 */
public record Authority(Identity current, Optional<Identity> next, List<X509Certificate> previous) {

  static final Duration LIFE = Duration.ofDays(3650);

  /** How long before its end the next one is made. */
  static final Duration RENEWED_BEFORE = Duration.ofDays(365);

  /** How long clients have to learn of the next one before it signs. */
  static final Duration OVERLAP = Duration.ofDays(1);

  static final Duration SERVER_LIFE = Duration.ofDays(90);

  /** How long before its end a server's certificate is renewed: a third of its life. */
  static final Duration SERVER_RENEWED_BEFORE = Duration.ofDays(30);

  /** The type of a DNS name among a certificate's alternative names. */
  private static final Integer DNS_NAME = 2;

  public Authority {
    previous = List.copyOf(previous);
  }

  /**
   * Makes one.
   *
   * @param owner whose it is, for people; at most 54 characters
   * @param now when it begins
   * @param random gives the key
   */
  public static Authority create(String owner, Instant now, SecureRandom random) {
    return new Authority(identity(owner, now, random), Optional.empty(), List.of());
  }

  private static Identity identity(String owner, Instant now, SecureRandom random) {
    // A name of its own, so that nobody takes one for the other.
    var suffix = new byte[3];
    random.nextBytes(suffix);
    return new Signer(now, random)
        .authority(owner + " CA " + HexFormat.of().formatHex(suffix), LIFE);
  }

  /**
   * What this has become by now: the same, unless a step is due.
   *
   * @param owner whose it is, for people
   * @param now the time
   * @param random gives the next key
   */
  public Authority at(String owner, Instant now, SecureRandom random) {
    if (next.isPresent() && !now.isBefore(switchesAt(next.get()))) {
      var before = new ArrayList<>(previous);
      before.add(current.certificate());
      return new Authority(next.get(), Optional.empty(), living(before, now));
    }
    if (current.hasEnded(now)) {
      return create(owner, now, random);
    }
    if (next.isEmpty() && !now.isBefore(current.end().minus(RENEWED_BEFORE))) {
      return new Authority(
          current, Optional.of(identity(owner, now, random)), living(previous, now));
    }
    return new Authority(current, next, living(previous, now));
  }

  private static List<X509Certificate> living(List<X509Certificate> certificates, Instant now) {
    return certificates.stream()
        .filter(certificate -> now.isBefore(certificate.getNotAfter().toInstant()))
        .toList();
  }

  /** When its next step is due. */
  public Instant due() {
    var step = next.map(this::switchesAt).orElseGet(() -> current.end().minus(RENEWED_BEFORE));
    return Stream.concat(
            Stream.of(step),
            previous.stream().map(certificate -> certificate.getNotAfter().toInstant()))
        .min(Instant::compareTo)
        .orElse(step);
  }

  private Instant switchesAt(Identity coming) {
    var learnt = coming.begin().plus(OVERLAP);
    // Better a client that has not learnt of it than a server that no client accepts.
    return learnt.isBefore(current.end()) ? learnt : current.end();
  }

  /** What clients trust. */
  public List<X509Certificate> trusted() {
    return Stream.of(
            Stream.of(current.certificate()),
            next.map(Identity::certificate).stream(),
            previous.stream())
        .flatMap(certificates -> certificates)
        .toList();
  }

  /**
   * Makes a certificate for a server.
   *
   * @param name what the server is, for people
   * @param dnsNames by which clients find it
   * @param now when it begins
   * @param random gives the key
   */
  public Identity issue(String name, List<String> dnsNames, Instant now, SecureRandom random) {
    return new Signer(now, random).server(current, name, dnsNames, SERVER_LIFE);
  }

  /**
   * Whether a server's certificate will do for now.
   *
   * @param server was issued some time ago, perhaps by another CA, or for other names
   * @param dnsNames by which clients find it
   * @param now the time
   */
  public boolean accepts(Identity server, List<String> dnsNames, Instant now) {
    return now.isBefore(dueOf(server))
        && namesOf(server.certificate()).equals(new HashSet<>(dnsNames))
        && hasSigned(server.certificate());
  }

  /** When a server's certificate is due to be renewed. */
  public static Instant dueOf(Identity server) {
    return server.end().minus(SERVER_RENEWED_BEFORE);
  }

  private boolean hasSigned(X509Certificate certificate) {
    try {
      certificate.verify(current.certificate().getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Set<String> namesOf(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? Set.of()
          : names.stream()
              .filter(name -> DNS_NAME.equals(name.getFirst()))
              .map(name -> (String) name.get(1))
              .collect(Collectors.toCollection(TreeSet::new));
    } catch (CertificateParsingException e) {
      return Set.of();
    }
  }
}
