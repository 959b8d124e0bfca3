package dev.voting.api.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Whether a vote is in time is decided by what Redis has said, never by this machine. */
class RedisClockTest {
  private static final long MACHINE = 9_000_000;

  private long nanos = 1_000_000_000_000L;
  private final RedisClock clock =
      new RedisClock(Clock.fixed(Instant.ofEpochMilli(MACHINE), ZoneOffset.UTC), () -> nanos);

  @Test
  void beforeRedisHasAnsweredNothingIsRefused() {
    assertThat(clock.millis()).isEqualTo(MACHINE);
    assertThat(clock.hasPassed(OptionalLong.of(1))).isFalse();
    assertThat(clock.isBefore(OptionalLong.of(Long.MAX_VALUE))).isFalse();
  }

  @Test
  void aCloseHasPassedOnlyOnceRedisHasSaidSo() {
    clock.seen(5_000);
    nanos += 3_000_000_000L;
    assertThat(clock.millis()).isEqualTo(8_000);
    assertThat(clock.hasPassed(OptionalLong.of(5_000))).isTrue();
    assertThat(clock.hasPassed(OptionalLong.of(5_001))).as("an estimate").isFalse();
    clock.seen(4_000);
    assertThat(clock.hasPassed(OptionalLong.of(5_000))).as("set back").isTrue();
    assertThat(clock.hasPassed(OptionalLong.empty())).isFalse();
  }

  @Test
  void anOpeningIsAheadOnlyIfItIsByMoreThanTheEstimateMayBeWrong() {
    clock.seen(5_000);
    assertThat(clock.isBefore(OptionalLong.of(6_001))).isTrue();
    assertThat(clock.isBefore(OptionalLong.of(6_000))).isFalse();
    nanos += 1_000_000L;
    assertThat(clock.isBefore(OptionalLong.of(6_001))).isFalse();
    assertThat(clock.isBefore(OptionalLong.empty())).isFalse();
  }
}
