package dev.voting.servers.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS to a child process, to see whether it is ready. */
public final class TlsSockets {
  private TlsSockets() {}

  /**
   * Uses TLS over a connection to this machine, without verifying the name of the certificate: the
   * port identifies the child; clients of the server verify its name.
   *
   * @param connected to the server
   * @param trusted PEM file with the CA of the server's certificate
   * @throws IOException if no such CA issued the certificate, or the file cannot be used
   */
  public static Socket over(Socket connected, Path trusted) throws IOException {
    try {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      int number = 0;
      try (InputStream in = Files.newInputStream(trusted)) {
        for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          anchors.setCertificateEntry("ca" + number++, ca);
        }
      }
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context
          .getSocketFactory()
          .createSocket(
              connected, connected.getInetAddress().getHostAddress(), connected.getPort(), true);
    } catch (GeneralSecurityException e) {
      throw new IOException(trusted + " cannot be used: " + e.getMessage(), e);
    }
  }
}
