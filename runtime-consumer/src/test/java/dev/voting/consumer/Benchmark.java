package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.store.VoteDatabase;
import dev.voting.consumer.stream.StreamEntry;
import dev.voting.consumer.stream.Vote;
import dev.voting.runtime.Environment;
import dev.voting.runtime.PollVote;
import dev.voting.runtime.VoteEvent;
import dev.voting.runtime.VoteOption;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.StreamEntryID;

/**
 * How fast the consumer drains a stream, and how old a vote is when it is counted, beside what the
 * same machine's PostgreSQL can do without a consumer. Prints ratios. See docs/consumer.md.
 *
 * <p>System properties: {@code bench.votes} (default 1000000), {@code bench.calls} (20000) for the
 * one call a vote, {@code bench.seconds} (20) for the age of votes. With {@code bench.poll} it
 * compares votes without a poll, votes of a poll and ballots instead.
 */
class Benchmark {
  private static final int BATCH = 1_000;
  private static final int PACE_PER_SECOND = 1_000;
  private static final int WARM_UP_SECONDS = 5;
  private static final Pattern TOTALS = Pattern.compile("\"cats\" : (\\d+), \"dogs\" : (\\d+)");

  private final int votes = Integer.getInteger("bench.votes", 1_000_000);
  private final int calls = Integer.getInteger("bench.calls", 20_000);
  private final int seconds = Integer.getInteger("bench.seconds", 20);
  private final boolean polls = System.getProperty("bench.poll") != null;
  private Servers servers;

  /** What is voted on. */
  private enum Kind {
    /** Cats or dogs. */
    PLAIN,
    /** A poll whose votes count each. */
    POLL,
    /** A poll with one ballot of each voter; every tenth vote changes an earlier one. */
    BALLOTS;

    String option(int n) {
      return this == PLAIN ? n % 3 == 0 ? "dogs" : "cats" : "option-" + n % 4;
    }

    Optional<String> voter(int n) {
      int who = isChange(n) ? n / 2 / 10 * 10 : n;
      return this == BALLOTS
          ? Optional.of(String.format(Locale.ROOT, "voter%017d", who))
          : Optional.empty();
    }

    /** All of them together. */
    long total(int votes) {
      return this == BALLOTS
          ? votes - IntStream.range(0, votes).filter(Kind::isChange).count()
          : votes;
    }

    private static boolean isChange(int n) {
      return n % 10 == 9;
    }

    Optional<PollVote> poll(int n) {
      return this == PLAIN
          ? Optional.empty()
          : Optional.of(
              new PollVote("1", OptionalLong.of(1), OptionalLong.of(9_000_000_000_000L), voter(n)));
    }
  }

  @BeforeEach
  void start() throws Exception {
    servers = Servers.startDurable(Path.of(System.getProperty("java.io.tmpdir")));
  }

  @AfterEach
  void stop() {
    servers.close();
  }

  @Test
  void drainsPolls() throws Exception {
    Assumptions.assumeTrue(polls, "only with -Dbench.poll");
    fromMemory(votes / 10, Kind.PLAIN); // warms this JVM
    double before = fromMemory(votes, Kind.PLAIN);
    double poll = fromMemory(votes, Kind.POLL);
    double ballots = fromMemory(votes, Kind.BALLOTS);
    double plain = (before + fromMemory(votes, Kind.PLAIN)) / 2;
    print("from memory, without a poll (a)", plain, plain);
    print("from memory, votes of a poll", poll, plain);
    print("from memory, a ballot a voter", ballots, plain);
    before = drain(1, Kind.PLAIN);
    poll = drain(1, Kind.POLL);
    ballots = drain(1, Kind.BALLOTS);
    plain = (before + drain(1, Kind.PLAIN)) / 2;
    print("drained without a poll (a)", plain, plain);
    print("drained, votes of a poll", poll, plain);
    print("drained, a ballot a voter", ballots, plain);
    System.out.printf(
        Locale.ROOT,
        "votes of a poll: %.2f x without one, target 0.9; a ballot a voter: %.2f x, target 0.6%n",
        poll / plain,
        ballots / plain);
  }

  @Test
  void drains() throws Exception {
    Assumptions.assumeFalse(polls, "not with -Dbench.poll");
    fromMemory(votes / 10); // warms this JVM
    double before = fromMemory(votes);
    double copy = copy(votes);
    double single = single(calls);
    double one = drain(1);
    double two = drain(2);
    // Again, as the machine may be faster or slower by now.
    double fromMemory = (before + fromMemory(votes)) / 2;
    print("(a) record_votes from memory, 1,000 a time", fromMemory, fromMemory);
    print("(b) COPY and counter update, 1,000 a time", copy, fromMemory);
    print("(c) increment_vote, one call a vote", single, fromMemory);
    print("drained by 1 consumer", one, fromMemory);
    print("drained by 2 consumers", two, fromMemory);
    System.out.printf(
        Locale.ROOT,
        "1 consumer: %.2f x (a), target 0.8; %.1f x (c), target 20%n",
        one / fromMemory,
        one / single);
    age();
    assertThat(one).as("drained by 1 consumer, against 20 x (c)").isGreaterThan(20 * single);
  }

  private static void print(String what, double perSecond, double reference) {
    System.out.printf(
        Locale.ROOT, "%-45s %,10.0f votes/s  %.2f x (a)%n", what, perSecond, perSecond / reference);
  }

  private double fromMemory(int count) throws SQLException {
    return fromMemory(count, Kind.PLAIN);
  }

  private double fromMemory(int count, Kind kind) throws SQLException {
    clear(kind);
    Settings settings = Settings.from(new Environment(ConsumerProcess.environment(servers)));
    try (VoteDatabase store = new VoteDatabase(settings, new SimpleMeterRegistry())) {
      long start = System.nanoTime();
      for (int i = 0; i < count; i += BATCH) {
        List<Vote> batch = new ArrayList<>(BATCH);
        for (int n = i; n < i + BATCH; n++) {
          batch.add(vote(n, kind));
        }
        store.record(batch);
      }
      return perSecond(count, start);
    }
  }

  private void clear(Kind kind) {
    servers.clearForBenchmark();
    if (kind != Kind.PLAIN) {
      servers.execute(
          "SELECT * FROM declare_poll('{\"round\":\"1\",\"options\":[{\"key\":\"option-0\"},"
              + "{\"key\":\"option-1\"},{\"key\":\"option-2\"},{\"key\":\"option-3\"}]}',"
              + " 'bench', 1, 0)");
    }
  }

  private static Vote vote(int n) {
    return vote(n, Kind.PLAIN);
  }

  private static Vote vote(int n, Kind kind) {
    long time = 1_760_000_000_000L + n / 100;
    return new Vote(
        new StreamEntry(time + "-" + n % 100, List.of()),
        new VoteEvent(
            kind.option(n),
            time,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            kind.poll(n)));
  }

  private double copy(int count) throws SQLException, IOException {
    servers.clearForBenchmark();
    String copy =
        new String(
            Benchmark.class
                .getResourceAsStream("/dev/voting/consumer/copy-batch.sql")
                .readAllBytes());
    try (Connection connection = servers.database();
        PreparedStatement counter =
            connection.prepareStatement("UPDATE votes SET count = count + ? WHERE option = ?")) {
      connection.setAutoCommit(false);
      long start = System.nanoTime();
      for (int i = 0; i < count; i += BATCH) {
        StringBuilder rows = new StringBuilder();
        long[] added = new long[VoteOption.values().length];
        for (int n = i; n < i + BATCH; n++) {
          Vote vote = vote(n);
          added[VoteOption.of(vote.event().option()).orElseThrow().ordinal()]++;
          rows.append(vote.event().option())
              .append('\t')
              .append(Instant.ofEpochMilli(vote.event().timestamp()))
              .append('\t')
              .append(vote.entry().id())
              .append('\n');
        }
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(copy, new StringReader(rows.toString()));
        for (VoteOption option : VoteOption.values()) {
          counter.setLong(1, added[option.ordinal()]);
          counter.setString(2, option.text());
          counter.executeUpdate();
        }
        connection.commit();
      }
      return perSecond(count, start);
    }
  }

  private double single(int count) throws SQLException {
    servers.clearForBenchmark();
    try (Connection connection = servers.database();
        PreparedStatement call = connection.prepareStatement("SELECT * FROM increment_vote(?)")) {
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        call.setString(1, i % 3 == 0 ? "dogs" : "cats");
        call.executeQuery().close();
      }
      return perSecond(count, start);
    }
  }

  /** The rate from the first commit to the last, so without the start of the JVMs. */
  private double drain(int consumers) throws SQLException {
    return drain(consumers, Kind.PLAIN);
  }

  private double drain(int consumers, Kind kind) throws SQLException {
    clear(kind);
    long total = kind.total(votes);
    String counters = "SELECT sum(count) FROM " + (kind == Kind.PLAIN ? "votes" : "round_votes");
    long redisEmpty = redisMemory();
    preload(kind);
    long redisFull = redisMemory();
    List<ConsumerProcess> processes = new ArrayList<>();
    try (Connection connection = servers.database();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < consumers; i++) {
        processes.add(
            ConsumerProcess.startTuned(
                "bench-" + i, new HashMap<>(ConsumerProcess.environment(servers))));
      }
      long first = 0;
      long counted = 0;
      long start = 0;
      List<Long> half = List.of();
      while (counted < total) {
        try (var row = statement.executeQuery(counters)) {
          row.next();
          counted = row.getLong(1);
        }
        if (first == 0 && counted > 0) {
          first = counted;
          start = System.nanoTime();
        }
        if (half.isEmpty() && counted > total / 2) {
          half = processes.stream().map(ConsumerProcess::peakMemoryKiB).toList();
        }
        LockSupport.parkNanos(10_000_000);
      }
      double rate = perSecond(votes, start) * (total - first) / total;
      System.out.printf(
          Locale.ROOT,
          "    CPU time: consumers %s, Redis %s (with the preload)%n",
          processes.stream().map(ConsumerProcess::cpuTime).reduce(Duration.ZERO, Duration::plus),
          servers.redis.handle().info().totalCpuDuration().orElse(Duration.ZERO));
      for (int i = 0; i < consumers; i++) {
        System.out.printf(
            Locale.ROOT,
            "    peak resident memory of a consumer: %d MiB at half of the votes, %d MiB at all%n",
            half.get(i) / 1024,
            processes.get(i).peakMemoryKiB() / 1024);
      }
      awaitEmptyStream();
      System.out.printf(
          Locale.ROOT,
          "    memory of Redis: %d MiB empty, %d MiB with all votes, %d MiB drained%n",
          redisEmpty >> 20,
          redisFull >> 20,
          redisMemory() >> 20);
      return rate;
    } finally {
      processes.forEach(ConsumerProcess::close);
    }
  }

  private long redisMemory() {
    try (Jedis redis = servers.stream()) {
      return redis
          .info("memory")
          .lines()
          .filter(line -> line.startsWith("used_memory:"))
          .mapToLong(line -> Long.parseLong(line.strip().substring("used_memory:".length())))
          .findFirst()
          .orElseThrow();
    }
  }

  private void awaitEmptyStream() {
    try (Jedis redis = servers.stream()) {
      await().until(() -> redis.xlen("votes") == 0);
    }
  }

  private void preload(Kind kind) {
    try (Jedis redis = servers.stream()) {
      for (int i = 0; i < votes; i += BATCH) {
        try (Pipeline pipeline = redis.pipelined()) {
          for (int n = i; n < i + BATCH; n++) {
            VoteEvent event =
                new VoteEvent(
                    kind.option(n),
                    System.currentTimeMillis(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    kind.poll(n));
            pipeline.xadd("votes", StreamEntryID.NEW_ENTRY, event.fields());
          }
        }
      }
    }
  }

  /** From Redis' acknowledgement of a vote to the notification of totals that contain it. */
  private void age() throws SQLException, IOException {
    servers.clearForBenchmark();
    int count = PACE_PER_SECOND * (WARM_UP_SECONDS + seconds);
    long[] added = new long[count];
    long[] visible = new long[count];
    try (ConsumerProcess process =
            ConsumerProcess.startTuned(
                "bench", new HashMap<>(ConsumerProcess.environment(servers)));
        Connection connection = servers.database();
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN votes");
      Thread producer = Thread.ofPlatform().start(() -> addAtPace(added));
      int seen = 0;
      while (seen < count) {
        PGNotification[] notifications =
            connection.unwrap(PGConnection.class).getNotifications(10_000);
        long now = System.nanoTime();
        for (PGNotification notification : notifications) {
          Matcher totals = TOTALS.matcher(notification.getParameter());
          if (totals.find()) {
            int total = Integer.parseInt(totals.group(1)) + Integer.parseInt(totals.group(2));
            for (; seen < total; seen++) {
              visible[seen] = now;
            }
          }
        }
      }
      producer.join();
      assertThat(process.isAlive()).isTrue();
      // The first seconds are the JVM's start.
      long[] steady =
          IntStream.range(WARM_UP_SECONDS * PACE_PER_SECOND, count)
              .mapToLong(i -> Math.max(0, visible[i] - added[i]))
              .sorted()
              .toArray();
      System.out.printf(
          Locale.ROOT,
          "age of a vote at %,d votes/s: median %.1f ms, p99 %.1f ms, most %.1f ms%n",
          PACE_PER_SECOND,
          steady[steady.length / 2] / 1e6,
          steady[steady.length * 99 / 100] / 1e6,
          steady[steady.length - 1] / 1e6);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void addAtPace(long[] added) {
    try (Jedis redis = servers.stream()) {
      long start = System.nanoTime();
      for (int i = 0; i < added.length; i++) {
        LockSupport.parkNanos(start + i * 1_000_000_000L / PACE_PER_SECOND - System.nanoTime());
        redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "cats"));
        added[i] = System.nanoTime();
      }
    }
  }

  private static double perSecond(long count, long startNanos) {
    return count * 1e9 / (System.nanoTime() - startNanos);
  }
}
