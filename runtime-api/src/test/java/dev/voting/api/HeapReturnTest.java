package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapReturnTest {
  private static final long MEBIBYTE = 1024 * 1024;

  private long committed = 24 * MEBIBYTE;
  private long live = 24 * MEBIBYTE;
  private long collections;
  private int full;
  private final HeapReturn heap =
      new HeapReturn(
          () -> committed,
          () -> collections,
          () -> {
            full++;
            collections++;
            committed = live;
          });

  @Test
  void aSmallHeapIsLeftAlone() {
    heap.check();
    heap.check();
    assertThat(full).isZero();
  }

  @Test
  void whatABurstHasTakenIsGivenBackOnceItIsOver() {
    committed = 200 * MEBIBYTE;
    collections = 10;
    heap.check();
    assertThat(full).as("while there is much to do").isZero();
    heap.check();
    heap.check();
    heap.check();
    assertThat(full).isEqualTo(1);
    assertThat(committed).isEqualTo(live);
  }

  @Test
  void whatIsInUseIsNotCollectedForOverAndOver() {
    committed = 200 * MEBIBYTE;
    live = 190 * MEBIBYTE;
    for (int i = 0; i < 10; i++) {
      heap.check();
    }
    assertThat(full).isEqualTo(1);
    committed = 60 * MEBIBYTE;
    live = 60 * MEBIBYTE;
    heap.check();
    committed = 100 * MEBIBYTE;
    heap.check();
    assertThat(full).as("it was small in between").isEqualTo(2);
  }
}
