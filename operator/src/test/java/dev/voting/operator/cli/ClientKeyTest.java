package dev.voting.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientKeyTest {

  @TempDir private Path folder;

  private static String pem(String algorithm) throws Exception {
    var generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.equals("RSA")) {
      // Small, for large ones take seconds to find.
      generator.initialize(1024);
    }
    var key = generator.generateKeyPair().getPrivate().getEncoded();
    return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
        .formatted(Base64.getMimeEncoder().encodeToString(key));
  }

  private static ConfigBuilder config() {
    return new ConfigBuilder(Config.empty());
  }

  private static String algorithm(Config config) {
    return ClientKey.recognize(config).getClientKeyAlgo();
  }

  private static Config embedded(String pem) {
    var data = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    return config().withClientKeyData(data).build();
  }

  @Test
  void knowsEllipticCurvesInEitherForm() throws Exception {
    assertThat(algorithm(embedded(pem("EC")))).isEqualTo("EC");
    assertThat(
            algorithm(embedded("-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----\n")))
        .isEqualTo("EC");
    var file = Files.writeString(folder.resolve("key.pem"), pem("EC"));
    assertThat(algorithm(config().withClientKeyFile(file.toString()).build())).isEqualTo("EC");
  }

  @Test
  void leavesAllElseAsItIs() throws Exception {
    var usual = Config.empty().getClientKeyAlgo();
    assertThat(algorithm(embedded(pem("RSA")))).isEqualTo(usual);
    assertThat(algorithm(embedded("not a key"))).isEqualTo(usual);
    assertThat(algorithm(config().withClientKeyFile("/nowhere/key").build())).isEqualTo(usual);
    assertThat(algorithm(config().build())).isEqualTo(usual);
  }
}
