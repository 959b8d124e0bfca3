package dev.voting.runtime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/**
 * A PEM file with the certificates of the trusted CAs. It is read for each connection, so that a
 * renewed one applies from the next connection on.
 *
 * @param path where it is
 */
public record CaFile(Path path) {
  private static final String STORE_TYPE = "PKCS12";

  /**
   * Checks that the file exists and holds a certificate.
   *
   * @throws EnvironmentException if not
   */
  static CaFile parse(String variable, String text) {
    try {
      CaFile file = new CaFile(Path.of(text));
      if (file.certificates().isEmpty()) {
        throw new EnvironmentException(
            variable, "names " + text + ", which holds no certificate: name a PEM file of CAs");
      }
      return file;
    } catch (IOException | InvalidPathException e) {
      throw new EnvironmentException(
          variable, "names " + text + ", which cannot be read: name a PEM file of CAs");
    } catch (GeneralSecurityException e) {
      throw new EnvironmentException(
          variable,
          "names " + text + ", which is no PEM file of certificates: name a PEM file of CAs");
    }
  }

  /** Makes jedis verify a server by the current content of the file, and the host name. */
  SslOptions sslOptions() {
    return SslOptions.builder()
        .trustStoreType(STORE_TYPE)
        .truststore(this::trustStore, null)
        .sslVerifyMode(SslVerifyMode.FULL)
        .build();
  }

  private InputStream trustStore() throws IOException {
    try {
      KeyStore trusted = KeyStore.getInstance(STORE_TYPE);
      trusted.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates()) {
        trusted.setCertificateEntry("ca" + number++, certificate);
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      // Public certificates need no password.
      trusted.store(bytes, null);
      return new ByteArrayInputStream(bytes.toByteArray());
    } catch (GeneralSecurityException | IOException e) {
      throw new UnusableCaFileException(path, e);
    }
  }

  private Collection<? extends Certificate> certificates()
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(path)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }
}
