package dev.voting.runtime;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA that makes certificates for test servers, good ones and bad ones. */
final class TestCa {
  private static final Duration DAY = Duration.ofDays(1);

  private final String name;
  private final KeyPair keys = keys();

  TestCa(String name) {
    this.name = name;
  }

  /** Files of a server. */
  record Paths(Path certificate, Path key) {}

  /** Writes the CA's own certificate. */
  Path write(Path file) {
    return write(file, "CERTIFICATE", sign(name, keys, Instant.now().plus(DAY), null));
  }

  /** Writes a certificate and its key for a host. */
  Paths issue(Path folder, String host) {
    return issue(folder, host, Instant.now().plus(DAY));
  }

  Paths issue(Path folder, String host, Instant end) {
    KeyPair server = keys();
    return new Paths(
        write(folder.resolve(host + ".crt"), "CERTIFICATE", sign(host, server, end, host)),
        write(folder.resolve(host + ".key"), "PRIVATE KEY", server.getPrivate().getEncoded()));
  }

  private byte[] sign(String subject, KeyPair subjectKeys, Instant end, String host) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + name),
              BigInteger.valueOf(System.nanoTime()),
              Date.from(end.minus(DAY).minus(DAY)),
              Date.from(end),
              new X500Name("CN=" + subject),
              subjectKeys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(host == null));
      if (host != null) {
        var names = new GeneralNames(new GeneralName(GeneralName.dNSName, host));
        builder.addExtension(Extension.subjectAlternativeName, false, names);
      }
      X509CertificateHolder signed =
          builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
      return signed.getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path write(Path file, String label, byte[] content) {
    try {
      String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
      return Files.writeString(
          file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, body));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
