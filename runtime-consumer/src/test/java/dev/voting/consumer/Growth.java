package dev.voting.consumer;

import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.store.VoteDatabase;
import dev.voting.consumer.stream.StreamEntry;
import dev.voting.consumer.stream.Vote;
import dev.voting.runtime.Environment;
import dev.voting.runtime.VoteEvent;
import dev.voting.runtime.VoteOption;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * How long a batch takes while the tables grow from nothing, without an analyze: each vote has an
 * Idempotency-Key, as those of the page have. Prints the time of a batch, part by part. See
 * docs/consumer.md.
 *
 * <p>System properties: {@code growth.votes} (default 5000000), {@code growth.parts} (20).
 */
class Growth {
  private static final int BATCH = 1_000;
  private static final int FIRST = 20;

  private final int votes = Integer.getInteger("growth.votes", 5_000_000);
  private final int parts = Integer.getInteger("growth.parts", 20);

  @Test
  void showsTheTimeOfABatch() throws Exception {
    try (Servers servers = Servers.startDurable(Path.of(System.getProperty("java.io.tmpdir")))) {
      servers.execute("ALTER SYSTEM SET autovacuum = off");
      servers.query("SELECT pg_reload_conf()");
      Settings settings = Settings.from(new Environment(ConsumerProcess.environment(servers)));
      try (VoteDatabase store = new VoteDatabase(settings, new SimpleMeterRegistry())) {
        // As a consumer does at its first votes: the plans are made for empty tables.
        for (int i = 0; i < FIRST; i++) {
          store.record(batch(i, 1));
        }
        for (int part = 0; part < parts; part++) {
          int first = (int) ((long) votes * part / parts);
          int end = (int) ((long) votes * (part + 1) / parts);
          long slowest = 0;
          int batches = 0;
          long start = System.nanoTime();
          for (int n = first; n < end; n += BATCH) {
            long before = System.nanoTime();
            store.record(batch(n + FIRST, BATCH));
            slowest = Math.max(slowest, System.nanoTime() - before);
            batches++;
          }
          System.out.printf(
              Locale.ROOT,
              "to %,9d votes: %7.1f ms a batch of %,d, the slowest %7.1f ms%n",
              end,
              (System.nanoTime() - start) / 1e6 / batches,
              BATCH,
              slowest / 1e6);
          System.out.flush();
        }
      }
      for (String table : List.of("votes", "vote_events", "vote_requests")) {
        System.out.printf(
            "%s: %s sequential scans, which read %s rows%n",
            table,
            servers.query(
                "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = '" + table + "'"),
            servers.query(
                "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = '" + table + "'"));
      }
    }
  }

  private static List<Vote> batch(int first, int size) {
    List<Vote> batch = new ArrayList<>(size);
    for (int n = first; n < first + size; n++) {
      long time = 1_760_000_000_000L + n / 25;
      batch.add(
          new Vote(
              new StreamEntry(time + "-" + n % 25, List.of()),
              new VoteEvent(
                  n % 3 == 0 ? VoteOption.DOGS : VoteOption.CATS,
                  time,
                  Optional.of("%016x-%016x".formatted(n * 0x9E3779B97F4A7C15L, (long) n)),
                  Optional.empty(),
                  Optional.empty())));
    }
    return batch;
  }
}
