package dev.voting.consumer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchSizeTest {
  private static final Duration QUICK = Duration.ofMillis(10);
  private static final Duration SLOW = Duration.ofSeconds(12);

  @Test
  void growsToTheMostWhileFullBatchesCommitQuickly() {
    BatchSize size = new BatchSize(1000);
    for (int i = 0; i < 10; i++) {
      size.committed(size.next(), QUICK);
    }
    assertThat(size.next()).isEqualTo(1000);
  }

  /** A dump, a checkpoint: each commit takes its time, however few votes it has. */
  @Test
  void growsWhileCommitsTakeASecondForAnotherReason() {
    BatchSize size = new BatchSize(1000);
    for (int i = 0; i < 10; i++) {
      size.committed(size.next(), Duration.ofMillis(1_500));
    }
    assertThat(size.next()).isEqualTo(1000);
  }

  @Test
  void staysWhileBatchesAreNotFull() {
    BatchSize size = new BatchSize(1000);
    int before = size.next();
    size.committed(before - 1, QUICK);
    assertThat(size.next()).isEqualTo(before);
  }

  @Test
  void shrinksWhenACommitTakesLongOrFailsButNotBelowOne() {
    BatchSize size = new BatchSize(64);
    size.committed(64, SLOW);
    assertThat(size.next()).isEqualTo(32);
    size.failed();
    assertThat(size.next()).isEqualTo(16);
    for (int i = 0; i < 10; i++) {
      size.failed();
    }
    assertThat(size.next()).isEqualTo(1);
  }

  /** 100,000 small entries, as BATCH_SIZE allows, would be more than the consumer's memory. */
  @Test
  void countsWhatAnEntryTakesBesideItsBytes() {
    BatchSize size = new BatchSize(100_000);
    for (int i = 0; i < 20; i++) {
      size.committed(size.most(), QUICK);
    }
    size.read(1_000, 30_000);
    assertThat(size.most()).isEqualTo(100_000);
    assertThat(size.next()).isBetween(10_000, 20_000);
  }

  @Test
  void readsFewEntriesAtATimeWhileTheyAreLarge() {
    BatchSize size = new BatchSize(100);
    size.read(10, 10L * 1024 * 1024);
    assertThat(size.next()).isEqualTo(3);
    for (int i = 0; i < 100; i++) {
      size.read(10, 10 * 60);
    }
    assertThat(size.next()).isEqualTo(100);
  }
}
