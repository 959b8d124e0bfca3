package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.runtime.Environment;
import dev.voting.runtime.EnvironmentException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static final Map<String, String> REQUIRED =
      Map.of("REDIS_URL", "redis://r:6379", "DATABASE_URL", "postgresql://u:p@d:5432/votes");

  @Test
  void whatMayBeLeftOutHasADefault() {
    Settings settings = read(Map.of());
    assertThat(settings.port()).isEqualTo(8000);
    assertThat(settings.stream()).isEqualTo("votes");
    assertThat(settings.group()).isEqualTo("vote-processors");
    assertThat(settings.rateLimit()).isEmpty();
    assertThat(settings.recordClient()).isTrue();
    assertThat(settings.trustedProxies()).isEmpty();
    assertThat(settings.voteDeadline()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aRateWithoutABurstAllowsOneSecondsWorthAtOnce() {
    assertThat(read(Map.of("RATE_LIMIT_REQUESTS_PER_SECOND", "2.5")).rateLimit())
        .contains(new Settings.Rate(2.5, 3));
    assertThat(
            read(Map.of("RATE_LIMIT_REQUESTS_PER_SECOND", "10", "RATE_LIMIT_BURST", "40"))
                .rateLimit())
        .contains(new Settings.Rate(10, 40));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CORS_ORIGINS | https://a.example/path",
        "CORS_ORIGINS | https://user@a.example",
        "CORS_ORIGINS | ftp://a.example",
        "CORS_ORIGINS | a.example",
        "CORS_ORIGINS | HTTPS://A.example:x",
        "TRUSTED_PROXIES | 10.0.0.0/8, ingress",
        "RATE_LIMIT_REQUESTS_PER_SECOND | 0",
        "RATE_LIMIT_REQUESTS_PER_SECOND | many",
        "VOTE_TIMEOUT_MS | 10000",
        "VOTE_QUEUE | 0",
        "PORT | 65536",
        "RECORD_CLIENT | perhaps",
        "REDIS_URL | localhost:6379",
        "DATABASE_URL | jdbc:postgresql://x/y"
      })
  void whatIsMalformedIsNamed(String variable, String value) {
    assertThatThrownBy(() -> read(Map.of(variable, value)))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageStartingWith(variable + " ")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void proxiesAreTrustedByNumberOrByAddress() {
    assertThatThrownBy(() -> read(Map.of("TRUSTED_HOPS", "1", "TRUSTED_PROXIES", "10.0.0.1")))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageStartingWith("TRUSTED_HOPS ");
  }

  @Test
  void aPollNeedsAKeyThatNobodyGuesses_andNoMessageShowsIt() {
    assertThat(read(Map.of("BALLOT_KEY", "x".repeat(32))).poll()).isEmpty();
    assertThat(read(Map.of("POLL_FILE", "/p.json", "BALLOT_KEY", "x".repeat(32))).poll())
        .hasValueSatisfying(poll -> assertThat(poll.ballotKey()).hasSize(32));
    assertThatThrownBy(() -> read(Map.of("POLL_FILE", "/p.json")))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageStartingWith("BALLOT_KEY is not set");
    assertThatThrownBy(() -> read(Map.of("POLL_FILE", "/p.json", "BALLOT_KEY", "secret")))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageStartingWith("BALLOT_KEY is too short")
        .message()
        .doesNotContain("secret");
  }

  @Test
  void anyOriginDoesNotGoWithCredentials() {
    assertThatThrownBy(() -> read(Map.of("CORS_ORIGINS", "*", "CORS_ALLOW_CREDENTIALS", "true")))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageContaining("name the origins");
  }

  private static Settings read(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(REQUIRED);
    all.putAll(more);
    return Settings.from(new Environment(all));
  }
}
