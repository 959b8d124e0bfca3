package dev.voting.operator.steps.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartBackoffTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration SHORT = Duration.ofSeconds(3);

  @Test
  void theDelayGrowsToFiveMinutesAndNoFurther() {
    var delays = new ArrayList<Long>();
    var streak = RestartBackoff.NONE;
    var time = START;
    for (int i = 0; i < 10; i++) {
      streak = streak.with(time, SHORT);
      delays.add(Duration.between(time, streak.next()).toSeconds());
      time = streak.next().plus(SHORT);
    }

    assertThat(delays).isEqualTo(List.of(0L, 5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L));
  }

  @Test
  void afterItRanWellItStartsAtOnce() {
    var failing = new RestartBackoff(7, START);
    var end = START.plus(Duration.ofHours(1));

    var streak = failing.with(end, RestartBackoff.RAN_WELL);

    assertThat(streak.inARow()).isZero();
    assertThat(streak.next()).isEqualTo(end);
    assertThat(streak.reported()).isEmpty();
  }

  @Test
  void anEndIsCountedOnce() {
    var streak = RestartBackoff.NONE.with(START, SHORT);

    assertThat(streak.with(START, SHORT)).isEqualTo(streak);
  }

  @Test
  void theStatusReportsItToTheNextOperator() {
    var streak = new RestartBackoff(4, START);

    assertThat(RestartBackoff.of(streak.reported().orElseThrow())).isEqualTo(streak);
    assertThat(RestartBackoff.of(null)).isEqualTo(RestartBackoff.NONE);
  }
}
