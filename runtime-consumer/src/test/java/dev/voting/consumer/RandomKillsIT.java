package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.consumer.stream.StreamId;
import dev.voting.servers.process.DataServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientPauseMode;
import redis.clients.jedis.resps.StreamEntry;

/**
 * The promise that a vote is counted exactly once, under fire: three consumers, and again and again
 * one of them, PostgreSQL or Redis is killed ({@code kill -9}), and, half as often again, all
 * connections to one of the servers are cut.
 *
 * <p>System properties: {@code kills} (default 20), {@code kills.votes} (2000 for each kill),
 * {@code kills.seed} (random; printed).
 */
class RandomKillsIT {
  private static final Logger LOG = LoggerFactory.getLogger(RandomKillsIT.class);
  private static final int CONSUMERS = 3;

  /** Of a machine that does much else. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final int kills = Integer.getInteger("kills", 20);
  private final int votes = Integer.getInteger("kills.votes", 2_000 * kills);
  private final long seed = Long.getLong("kills.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<ConsumerProcess> consumers = new ArrayList<>();
  private int names;
  private long takenOver;

  private enum Victim {
    CONSUMER,
    REDIS,
    POSTGRES,
    REDIS_CONNECTIONS,
    POSTGRES_CONNECTIONS
  }

  @Test
  void everyAcknowledgedVoteIsCountedExactlyOnceWhateverIsKilled() throws Exception {
    long start = System.nanoTime();
    try (Servers servers = Servers.start();
        CuttableProxy redisProxy = new CuttableProxy(servers.redis.port());
        CuttableProxy postgresProxy = new CuttableProxy(servers.postgres.port())) {
      Map<String, String> environment = ConsumerProcess.environment(servers);
      redirect(environment, "REDIS_URL", servers.redis.port(), redisProxy.port());
      redirect(environment, "DATABASE_URL", servers.postgres.port(), postgresProxy.port());
      for (int i = 0; i < CONSUMERS; i++) {
        consumers.add(ConsumerProcess.start(name(), environment));
      }
      servers.execute(
          "SELECT * FROM declare_poll('{\"round\":\"1\",\"options\":[{\"key\":\"pizza\"},"
              + "{\"key\":\"salad\"}]}', 'app', 1, 0)");
      Producer producer = new Producer(servers, random.split(), votes);
      Thread producing = Thread.ofPlatform().start(producer);
      List<Victim> victims = victims();
      Map<Victim, Integer> killed = new EnumMap<>(Victim.class);
      for (int i = 0; i < victims.size(); i++) {
        // Spread over the votes, at random places.
        int place = (int) ((i + random.nextDouble()) * votes / (victims.size() + 1));
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(2))
            .until(() -> producer.acknowledged() >= place);
        // None has ended by itself: a kill would hide that.
        assertThat(consumers).allMatch(ConsumerProcess::isAlive);
        boolean hit =
            switch (victims.get(i)) {
              case CONSUMER -> restart(random.nextInt(CONSUMERS), environment);
              case REDIS -> restartRedis(servers);
              case POSTGRES -> restart(servers.postgres);
              case REDIS_CONNECTIONS -> redisProxy.cut();
              case POSTGRES_CONNECTIONS -> postgresProxy.cut();
            };
        if (hit) {
          killed.merge(victims.get(i), 1, Integer::sum);
        }
      }
      producing.join();
      awaitDrained(servers);

      assertThat(consumers).allMatch(ConsumerProcess::isAlive);
      consumers.forEach(this::remember);
      verify(servers, producer);
      verifyBallots(servers, producer);
      assertThat(
              killed.get(Victim.CONSUMER) + killed.get(Victim.REDIS) + killed.get(Victim.POSTGRES))
          .as("kills %s", killed)
          .isGreaterThanOrEqualTo(kills);
      assertThat(killed).as("connections were cut too").containsKeys(Victim.values());
      assertThat(takenOver).as("times that work of the dead was taken over").isPositive();
      LOG.info(
          "seed {}: {}, work taken over {} times, {} votes and {} bad entries in {} s",
          seed,
          killed,
          takenOver,
          producer.votes.size(),
          producer.bad.size(),
          Duration.ofNanos(System.nanoTime() - start).toSeconds());
    } catch (AssertionError | Exception e) {
      throw new AssertionError("with -Dkills.seed=" + seed + ": " + logs(), e);
    } finally {
      consumers.forEach(ConsumerProcess::close);
    }
  }

  /**
   * Everything Redis acknowledged is recorded once, as it was sent, and the counters are the sum.
   */
  private void verify(Servers servers, Producer producer) throws SQLException {
    assertThat(producer.votes).hasSizeGreaterThanOrEqualTo(votes);
    assertThat(producer.bad).isNotEmpty();
    Map<String, String> recorded = new HashMap<>();
    try (Connection connection = servers.database();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT stream_id, option FROM vote_events")) {
      while (rows.next()) {
        assertThat(recorded.put(rows.getString(1), rows.getString(2))).isNull();
      }
    }
    Map<String, String> missing = new TreeMap<>(producer.votes);
    missing.entrySet().removeIf(vote -> vote.getValue().equals(recorded.get(vote.getKey())));
    assertThat(missing).as("votes that Redis acknowledged and nobody recorded").isEmpty();
    assertThat(recorded.size() - producer.votes.size())
        .as("votes recorded of which Redis' answer was lost")
        .isBetween(0, producer.unansweredVotes());
    for (String option : List.of("cats", "dogs")) {
      assertThat(servers.count("SELECT count FROM votes WHERE option = '" + option + "'"))
          .isEqualTo(recorded.values().stream().filter(option::equals).count());
    }

    try (Jedis redis = servers.stream()) {
      List<String> dead = new ArrayList<>();
      for (StreamEntry entry : redis.xrange("{votes}:dead", "-", "+")) {
        dead.add(entry.getFields().get("original_id"));
        assertThat(entry.getFields().get("reason"))
            .isIn("no option", "option is neither cats nor dogs");
      }
      assertThat(dead).doesNotHaveDuplicates().containsAll(producer.bad.keySet());
      assertThat(dead.size() - producer.bad.size())
          .as("bad entries of which Redis' answer was lost")
          .isBetween(0, producer.unansweredBad());
      assertThat(recorded).doesNotContainKeys(dead.toArray(String[]::new));
    }
  }

  /** Each voter's last ballot counts, and nothing else; the last may be one without an answer. */
  private static void verifyBallots(Servers servers, Producer producer) throws SQLException {
    Map<String, StreamId> last = new HashMap<>();
    producer.voters.forEach(
        (id, voter) -> last.merge(voter, StreamId.parse(id), (a, b) -> a.compareTo(b) > 0 ? a : b));
    Map<String, Long> totals = new HashMap<>();
    try (Connection connection = servers.database();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT b.voter, b.ms || '-' || b.seq, b.option, e.option FROM ballots b"
                    + " JOIN vote_events e ON e.stream_id = b.ms || '-' || b.seq")) {
      while (rows.next()) {
        StreamId known = last.remove(rows.getString(1));
        StreamId counted = StreamId.parse(rows.getString(2));
        assertThat(rows.getString(3)).isEqualTo(rows.getString(4));
        assertThat(producer.votes.getOrDefault(rows.getString(2), rows.getString(3)))
            .isEqualTo(rows.getString(3));
        assertThat(known == null || known.compareTo(counted) <= 0)
            .as("the ballot %s that counts, and the last one that was answered, %s", counted, known)
            .isTrue();
        totals.merge(rows.getString(3), 1L, Long::sum);
      }
    }
    assertThat(last).as("voters without a ballot").isEmpty();
    for (String option : List.of("pizza", "salad")) {
      assertThat(servers.count("SELECT count FROM round_votes WHERE option = '" + option + "'"))
          .isEqualTo(totals.getOrDefault(option, 0L));
    }
  }

  private void awaitDrained(Servers servers) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(
            () -> {
              try (Jedis redis = servers.stream()) {
                return redis.xlen("votes") == 0;
              }
            });
  }

  /** Half of the kills hit consumers, a quarter each of the servers; all in random order. */
  private List<Victim> victims() {
    List<Victim> victims = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      victims.add(i % 4 == 0 ? Victim.REDIS : i % 4 == 1 ? Victim.POSTGRES : Victim.CONSUMER);
    }
    for (int i = 0; i < kills / 2; i++) {
      victims.add(i % 2 == 0 ? Victim.REDIS_CONNECTIONS : Victim.POSTGRES_CONNECTIONS);
    }
    Collections.shuffle(victims, Random.from(random));
    return victims;
  }

  /** Under a new name, as a new pod has, so that another consumer must take over what it had. */
  private boolean restart(int index, Map<String, String> environment) {
    ConsumerProcess victim = consumers.get(index);
    victim.kill();
    remember(victim);
    victim.close();
    consumers.set(index, ConsumerProcess.start(name(), environment));
    return true;
  }

  /**
   * With everysec Redis answers before it writes as long as a flush is under way, and a kill in
   * that very moment takes what it answered along. That is Redis' to lose, not the consumer's: so
   * writes rest for a moment until the file has all that was answered.
   */
  private static boolean restartRedis(Servers servers) {
    try (Jedis redis = servers.stream()) {
      redis.clientPause(PATIENCE.toMillis(), ClientPauseMode.WRITE);
      servers.awaitWritten(redis);
    }
    return restart(servers.redis);
  }

  private static boolean restart(DataServer server) {
    server.kill();
    assertThat(server.isRunning()).isFalse();
    server.start();
    return true;
  }

  private void remember(ConsumerProcess consumer) {
    takenOver += consumer.log().lines().filter(line -> line.contains("took over")).count();
  }

  private String name() {
    return "consumer-" + names++;
  }

  private static void redirect(Map<String, String> environment, String name, int from, int to) {
    environment.computeIfPresent(name, (n, url) -> url.replace(":" + from + "/", ":" + to + "/"));
  }

  private String logs() {
    StringBuilder logs = new StringBuilder();
    consumers.forEach(
        consumer -> logs.append("\n--- log of a consumer ---\n").append(consumer.log()));
    return logs.toString();
  }
}
