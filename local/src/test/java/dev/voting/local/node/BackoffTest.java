package dev.voting.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Backoff backoff = new Backoff();

  @Test
  void doublesUpToAMinute() {
    Duration last = Duration.ZERO;
    for (int i = 0; i < 12; i++) {
      Duration next = backoff.after(Duration.ofSeconds(1));
      assertThat(next).isGreaterThanOrEqualTo(last);
      last = next;
    }
    assertThat(last).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void forgetsAfterALongRun() {
    Duration first = backoff.after(Duration.ofSeconds(1));
    assertThat(backoff.after(Duration.ofSeconds(1))).isEqualTo(first.multipliedBy(2));
    assertThat(backoff.after(Duration.ofMinutes(2))).isEqualTo(first);
  }
}
