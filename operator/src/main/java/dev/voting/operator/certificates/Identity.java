package dev.voting.operator.certificates;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * A certificate with its key.
 *
 * @param certificate says whose the key is
 * @param key never to be printed
 */
public record Identity(X509Certificate certificate, PrivateKey key) {

  /** One as it is kept. */
  public record Text(String certificate, String key) {
    @Override
    public String toString() {
      return "Text[masked]";
    }
  }

  /**
   * Reads one.
   *
   * @param text as {@link #text} wrote it
   * @return empty when it cannot be read, as when somebody has damaged it
   */
  public static Optional<Identity> read(Text text) {
    try {
      var certificates = Pem.certificates(text.certificate());
      return certificates.isEmpty()
          ? Optional.empty()
          : Optional.of(new Identity(certificates.getFirst(), Pem.key(text.key())));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** Writes it. */
  public Text text() {
    return new Text(Pem.of(certificate), Pem.of(key));
  }

  Instant begin() {
    return certificate.getNotBefore().toInstant();
  }

  Instant end() {
    return certificate.getNotAfter().toInstant();
  }

  boolean hasEnded(Instant now) {
    return !now.isBefore(end());
  }

  @Override
  public String toString() {
    return "Identity[" + certificate.getSubjectX500Principal() + "]";
  }
}
