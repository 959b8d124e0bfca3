package dev.voting.consumer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void doublesUpToItsMostWithinItsJitter() {
    Backoff backoff = new Backoff(Duration.ofMillis(300));
    for (long most : new long[] {50, 100, 200, 300, 300}) {
      assertThat(backoff.next()).isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
    }
    backoff.reset();
    assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(50));
  }

  @Test
  void isNotTheSameForAll() {
    assertThat(
            IntStream.range(0, 100)
                .mapToObj(i -> new Backoff(Duration.ofSeconds(5)).next())
                .distinct()
                .count())
        .isGreaterThan(3);
  }
}
