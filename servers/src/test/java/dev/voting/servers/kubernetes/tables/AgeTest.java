package dev.voting.servers.kubernetes.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeTest {
  private static final Instant NOW = Instant.parse("2026-01-20T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "-PT3S, 0s",
    "PT119S, 119s",
    "PT2M, 2m",
    "PT9M59S, 9m59s",
    "PT10M30S, 10m",
    "PT2H59M, 179m",
    "PT3H, 3h",
    "PT7H5M, 7h5m",
    "PT47H59M, 47h",
    "P2D, 2d",
    "P7DT23H, 7d23h",
    "P9DT5H, 9d"
  })
  void isThatOfKubectl(Duration age, String shown) {
    assertThat(Age.of(NOW.minus(age).toString(), NOW)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({", <unknown>", "'', <unknown>", "yesterday, <invalid>"})
  void needsATime(String time, String shown) {
    assertThat(Age.of(time, NOW)).isEqualTo(shown);
  }
}
