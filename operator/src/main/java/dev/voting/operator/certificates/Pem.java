package dev.voting.operator.certificates;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Certificates and keys as the text that servers and clients read. */
public final class Pem {

  private static final int LINE = 64;

  private Pem() {}

  /** Writes certificates, one after the other. */
  public static String of(Collection<X509Certificate> certificates) {
    return certificates.stream().map(Pem::of).collect(Collectors.joining());
  }

  public static String of(X509Certificate certificate) {
    try {
      return armoured("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read or made can be written", e);
    }
  }

  public static String of(PrivateKey key) {
    return armoured("PRIVATE KEY", key.getEncoded());
  }

  /**
   * Reads certificates.
   *
   * @throws GeneralSecurityException when the text is none, or not whole
   */
  public static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(text.getBytes(US_ASCII)))
        .stream()
        .map((Certificate certificate) -> (X509Certificate) certificate)
        .toList();
  }

  /** Reads a key of an elliptic curve. */
  public static PrivateKey key(String text) throws GeneralSecurityException {
    var base64 = text.replaceAll("-----[A-Z ]+-----", "");
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("the key is no Base64", e);
    }
  }

  private static String armoured(String label, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(
            label, Base64.getMimeEncoder(LINE, "\n".getBytes(US_ASCII)).encodeToString(content));
  }
}
