package dev.voting.local.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  private static final String PASSWORD = "pa ss/w+rd?";

  private final Redaction redaction =
      Redaction.of(
          List.of(
              new SecretBuilder()
                  .addToData("POSTGRES_USER", base64("voting_api"))
                  .addToData("POSTGRES_PASSWORD", base64(PASSWORD + "\n"))
                  .addToData(
                      "DATABASE_URL", base64("postgresql://voting_api:s%2Fcret@db:5432/votes"))
                  .addToData("tls.key", base64("-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n"))
                  .build()));

  @ParameterizedTest
  @ValueSource(
      strings = {
        PASSWORD,
        "pa+ss%2Fw%2Brd%3F",
        "pa%20ss%2Fw%2Brd%3F",
        "s%2Fcret",
        "s/cret",
        "MIIEvQIBADANBgkq"
      })
  void hidesASecretInAnyForm(String form) {
    assertThat(redaction.of("before " + form + " after")).isEqualTo("before *** after");
  }

  @Test
  void hidesItsBase64() {
    assertThat(redaction.of("data: " + base64(PASSWORD + "\n"))).isEqualTo("data: ***");
  }

  @Test
  void leavesNamesReadable() {
    assertThat(redaction.of("user voting_api of votes")).isEqualTo("user voting_api of votes");
  }

  @Test
  void hidesTheRowsThatPostgresLogs() {
    assertThat(
            redaction.of(
                "ERROR:  null value in column \"a\"\nDETAIL:  Failing row (1,\n\tcats).\nLOG:  on"))
        .isEqualTo("ERROR:  null value in column \"a\"\nDETAIL: ***\nLOG:  on");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
