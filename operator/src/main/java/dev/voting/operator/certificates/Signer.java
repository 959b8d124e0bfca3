package dev.voting.operator.certificates;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys, on the curve P-256, and signs certificates for them. */
final class Signer {

  /** Certificates count from a little before they are made, for clocks that are slow. */
  private static final Duration SLOW_CLOCKS = Duration.ofMinutes(10);

  private static final int SERIAL_BITS = 127;

  private final Instant now;
  private final SecureRandom random;

  /**
   * Makes a signer.
   *
   * @param now when the certificates begin, but for slow clocks
   * @param random gives keys and serial numbers
   */
  Signer(Instant now, SecureRandom random) {
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
    this.random = random;
  }

  /** Makes a CA that may sign servers' certificates and no other CA's. */
  Identity authority(String name, Duration life) {
    try {
      var keys = keys();
      var subject = subject(name);
      var utilities = new JcaX509ExtensionUtils();
      var builder =
          builder(subject, now.plus(life), subject, keys)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  utilities.createSubjectKeyIdentifier(keys.getPublic()));
      return signed(builder, keys, keys.getPrivate());
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw impossible(e);
    }
  }

  /** Makes a certificate for a server that is found by the DNS names, of which there is one. */
  Identity server(Identity authority, String name, List<String> dnsNames, Duration life) {
    try {
      var keys = keys();
      var utilities = new JcaX509ExtensionUtils();
      var end = now.plus(life).isBefore(authority.end()) ? now.plus(life) : authority.end();
      var issuer = new JcaX509CertificateHolder(authority.certificate()).getSubject();
      var names =
          dnsNames.stream()
              .map(dnsName -> new GeneralName(GeneralName.dNSName, dnsName))
              .toArray(GeneralName[]::new);
      var builder =
          builder(issuer, end, subject(name), keys)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  utilities.createAuthorityKeyIdentifier(authority.certificate().getPublicKey()))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  utilities.createSubjectKeyIdentifier(keys.getPublic()));
      return signed(builder, keys, authority.key());
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw impossible(e);
    }
  }

  private X509v3CertificateBuilder builder(
      X500Name issuer, Instant end, X500Name subject, KeyPair keys) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
        Date.from(now.minus(SLOW_CLOCKS)),
        Date.from(end),
        subject,
        keys.getPublic());
  }

  private Identity signed(X509v3CertificateBuilder builder, KeyPair keys, PrivateKey signingKey)
      throws GeneralSecurityException, OperatorCreationException {
    var signer =
        new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(signingKey);
    return new Identity(
        new JcaX509CertificateConverter().getCertificate(builder.build(signer)), keys.getPrivate());
  }

  private KeyPair keys() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static X500Name subject(String name) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
  }

  private static IllegalStateException impossible(Exception e) {
    return new IllegalStateException("every JDK has P-256 and SHA-256", e);
  }
}
