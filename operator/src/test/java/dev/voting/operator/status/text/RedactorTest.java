package dev.voting.operator.status.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ALTER USER \"public\" WITH PASSWORD E's''ecret'; | ALTER USER \"public\" WITH PASSWORD '***';",
        "ALTER ROLE x password 'it\\'s' LOGIN | ALTER ROLE x password '***' LOGIN",
        "STATEMENT: ALTER USER x PASSWORD 'cut o | STATEMENT: ALTER USER x PASSWORD '***'",
        "POSTGRES_PASSWORD=abc is set | POSTGRES_PASSWORD=*** is set",
        "cannot reach redis://api:p%40ss@redis:6379 now | cannot reach redis://api:***@redis:6379 now",
        "cannot reach redis://:pass@redis | cannot reach redis://:***@redis",
      })
  void whatStandsInThePlaceOfAPasswordIsOne(String words, String redacted) {
    assertThat(redactor().apply(words)).isEqualTo(redacted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "password authentication failed for user voting",
        "Secret theirs in namespace x-data lacks the key POSTGRES_PASSWORD: add it",
        "see https://example.org:8443/docs and mail me@example.org",
        "spec.secrets.redis.passwordSecretRef: name a Secret"
      })
  void whatOnlySpeaksOfOneStays(String words) {
    assertThat(redactor().apply(words)).isEqualTo(words);
  }

  @Test
  void noValueOfASecretStandsInWords() {
    var redactor =
        redactor(
            "REDIS_PASSWORD", "0123456789abcdef",
            "DATABASE_URL", "postgresql://api:p%40ssw%2Brd@db:5432/votes",
            "tls.key", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n",
            "POSTGRES_USER", "voting",
            "ROTATION", "2026-11-24");
    assertThat(
            redactor.apply(
                "0123456789abcdef, p%40ssw%2Brd, p@ssw+rd, MIIEvQIBADANBgkq, voting, 2026-11-24"))
        .isEqualTo("***, ***, ***, ***, voting, 2026-11-24");
  }

  private static Redactor redactor(String... content) {
    var secret = new SecretBuilder().withNewMetadata().withName("s").endMetadata().build();
    for (int i = 0; i < content.length; i += 2) {
      secret
          .getData()
          .put(
              content[i],
              Base64.getEncoder().encodeToString(content[i + 1].getBytes(StandardCharsets.UTF_8)));
    }
    return Redactor.of(Blueprint.EMPTY, new ObservedState(List.<Secret>of(secret)));
  }
}
