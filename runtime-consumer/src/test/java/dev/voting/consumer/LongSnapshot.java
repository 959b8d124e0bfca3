package dev.voting.consumer;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/**
 * How old a vote is when it is counted while a dump holds a snapshot, which keeps every dead
 * version of a row. Prints the age of votes, second by second in parts. See docs/consumer.md.
 *
 * <p>System properties: {@code snapshot.seconds} (default 600), {@code snapshot.rate} (1000 votes a
 * second), {@code snapshot.every} (30 seconds to a line).
 */
class LongSnapshot {
  private static final Pattern TOTALS = Pattern.compile("\"cats\" : (\\d+), \"dogs\" : (\\d+)");

  private final int seconds = Integer.getInteger("snapshot.seconds", 600);
  private final int rate = Integer.getInteger("snapshot.rate", 1_000);
  private final int every = Integer.getInteger("snapshot.every", 30);

  @Test
  void showsTheAgeOfVotes() throws Exception {
    int count = rate * seconds;
    long[] added = new long[count];
    long[] visible = new long[count];
    try (Servers servers = Servers.startDurable(Path.of(System.getProperty("java.io.tmpdir")));
        ConsumerProcess _ =
            ConsumerProcess.startTuned(
                "snapshot", new HashMap<>(ConsumerProcess.environment(servers)));
        Connection dump = servers.database();
        Statement snapshot = dump.createStatement();
        Connection listener = servers.database();
        Statement listen = listener.createStatement()) {
      listen.execute("LISTEN votes");
      dump.setAutoCommit(false);
      dump.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      snapshot.execute("SELECT count(*) FROM votes");
      Thread producer = Thread.ofPlatform().start(() -> addAtPace(servers, added));
      int seen = 0;
      int commits = 0;
      int reported = 0;
      while (seen < count) {
        PGNotification[] received = listener.unwrap(PGConnection.class).getNotifications(60_000);
        long now = System.nanoTime();
        for (PGNotification notification : received) {
          Matcher totals = TOTALS.matcher(notification.getParameter());
          if (totals.find()) {
            commits++;
            int total = Integer.parseInt(totals.group(1)) + Integer.parseInt(totals.group(2));
            for (; seen < total; seen++) {
              visible[seen] = now;
            }
          }
        }
        if (seen - reported >= rate * every || seen == count) {
          report(added, visible, reported, seen, commits);
          reported = seen;
          commits = 0;
        }
      }
      producer.join();
      dump.rollback();
    }
  }

  private void report(long[] added, long[] visible, int from, int to, int commits) {
    long[] ages = new long[to - from];
    for (int i = from; i < to; i++) {
      ages[i - from] = Math.max(0, visible[i] - added[i]);
    }
    Arrays.sort(ages);
    System.out.printf(
        Locale.ROOT,
        "votes cast to second %4d: age median %8.1f ms, p99 %8.1f ms, most %8.1f ms; %,d commits%n",
        to / rate,
        ages[ages.length / 2] / 1e6,
        ages[ages.length * 99 / 100] / 1e6,
        ages[ages.length - 1] / 1e6,
        commits);
    System.out.flush();
  }

  private void addAtPace(Servers servers, long[] added) {
    try (Jedis redis = servers.stream()) {
      long start = System.nanoTime();
      for (int i = 0; i < added.length; i++) {
        LockSupport.parkNanos(start + i * 1_000_000_000L / rate - System.nanoTime());
        added[i] = System.nanoTime();
        redis.xadd(
            "votes",
            StreamEntryID.NEW_ENTRY,
            Map.of(
                "option",
                i % 3 == 0 ? "dogs" : "cats",
                "timestamp",
                Long.toString(System.currentTimeMillis()),
                "request_id",
                "%016x".formatted(i * 0x9E3779B97F4A7C15L)));
      }
    }
  }
}
