package dev.voting.operator.cli;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/**
 * The private key of a kubeconfig. The client library takes every key for one of RSA unless set
 * otherwise, and many clusters, k3s among them, give out keys of elliptic curves.
 */
public final class ClientKey {

  private static final String ELLIPTIC_CURVE = "EC";

  private ClientKey() {}

  /**
   * Says of which kind a configuration's key is.
   *
   * @return the configuration with the algorithm of its own key
   */
  public static Config recognize(Config config) {
    return pem(config).filter(ClientKey::isOfEllipticCurve).isPresent()
        ? new ConfigBuilder(config).withClientKeyAlgo(ELLIPTIC_CURVE).build()
        : config;
  }

  private static Optional<String> pem(Config config) {
    try {
      if (config.getClientKeyData() != null) {
        return Optional.of(text(Base64.getMimeDecoder().decode(config.getClientKeyData())));
      }
      return config.getClientKeyFile() == null
          ? Optional.empty()
          : Optional.of(text(Files.readAllBytes(Path.of(config.getClientKeyFile()))));
    } catch (IOException | IllegalArgumentException e) {
      // Whoever uses the key says what is wrong with it.
      return Optional.empty();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static boolean isOfEllipticCurve(String pem) {
    if (pem.contains("-----BEGIN EC PRIVATE KEY-----")) {
      return true;
    }
    var body = pem.replaceAll("-----[A-Z ]+-----", "");
    try {
      KeyFactory.getInstance(ELLIPTIC_CURVE)
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
      return true;
    } catch (InvalidKeySpecException | IllegalArgumentException e) {
      return false;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has elliptic curves", e);
    }
  }
}
