package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CapacityTest {
  private static final long MEMORY = 512L * 1024 * 1024;

  @Test
  void streamsAreBoundedByMemory() {
    assertThat(Capacity.streams(MEMORY, 1_000_000, 10_000)).isEqualTo(24_576);
  }

  @Test
  void streamsLeaveFileDescriptorsForTheConnectionsThatThereMayBe() {
    assertThat(Capacity.streams(MEMORY, 20_000, 10_000)).isEqualTo(9_800);
    assertThat(Capacity.streams(MEMORY, 20_000, 100)).isEqualTo(19_700);
  }
}
