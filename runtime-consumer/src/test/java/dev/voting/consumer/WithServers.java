package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XReadGroupParams;

/**
 * Tests of one consumer, which each test starts itself, against a real Redis and a real PostgreSQL,
 * which are started once and empty before each test.
 */
abstract class WithServers {
  static Servers servers;
  ConsumerProcess consumer;
  ConsumerProcess another;
  Jedis redis;

  @BeforeAll
  static void startServers() throws Exception {
    servers = Servers.start();
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @BeforeEach
  void clear() {
    servers.clear();
    redis = servers.stream();
  }

  @AfterEach
  void end() {
    redis.close();
    if (consumer != null) {
      consumer.close();
    }
    if (another != null) {
      another.close();
    }
  }

  void start() {
    start(environment());
  }

  void start(Map<String, String> environment) {
    start("it", environment);
  }

  void start(String name, Map<String, String> environment) {
    consumer = ConsumerProcess.start(name, environment);
  }

  /** Beside the first one, or after its end. */
  void startAnother() {
    another = ConsumerProcess.start("another", environment());
  }

  /** A consumer's environment; a test may change it. */
  static Map<String, String> environment() {
    return ConsumerProcess.environment(servers);
  }

  /** The same, with the port of a server replaced by another. */
  static Map<String, String> environment(String url, int from, int to) {
    Map<String, String> environment = environment();
    environment.computeIfPresent(
        url, (n, value) -> value.replace(":" + from + "/", ":" + to + "/"));
    return environment;
  }

  String add(Map<String, String> fields) {
    return redis.xadd("votes", StreamEntryID.NEW_ENTRY, fields).toString();
  }

  void add(String option, int count) {
    for (int i = 0; i < count; i++) {
      add(Map.of("option", option));
    }
  }

  /** Reads new entries without acknowledging them, as a consumer that dies at once. */
  void readAs(String name, int count) {
    redis.xreadGroup(
        "vote-processors",
        name,
        XReadGroupParams.xReadGroupParams().count(count),
        Map.of("votes", StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY));
  }

  /** One ballot of each of so many voters. */
  void addBallots(String choice, int voters) {
    for (int i = 0; i < voters; i++) {
      add(Map.of("choice", choice, "round", "1", "voter", "voter-------------%04d".formatted(i)));
    }
  }

  /** Puts a poll of the options a and b in force. */
  static void declare(String more) {
    servers.execute("SELECT * FROM declare_poll('" + POLL.formatted("1", more) + "', 'app', 1, 0)");
  }

  /** A definition: its round, and what it has beside, with a comma in front. */
  static final String POLL =
      "{\"title\":\"A or B?\",\"options\":[{\"key\":\"a\",\"label\":\"A\"},"
          + "{\"key\":\"b\",\"label\":\"B\"}],\"round\":\"%s\"%s}";

  /** {@code a=… b=…} of round 1. */
  static String ballots() {
    return servers.query(
        "SELECT string_agg(option || '=' || count, ' ') FROM get_poll_results('1')");
  }

  /** How many votes are counted. */
  static long total() {
    return servers.count("SELECT sum(count) FROM votes");
  }

  static void awaitTotal(long votes) {
    await().ignoreExceptions().untilAsserted(() -> assertThat(total()).isEqualTo(votes));
  }

  /** Until nothing is left to do: the stream is there, and empty. */
  void awaitDrained() {
    await()
        .untilAsserted(
            () -> {
              assertThat(redis.exists("votes")).isTrue();
              assertThat(redis.xlen("votes")).isZero();
            });
  }

  void awaitPending(long entries) {
    await()
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(redis.xpending("votes", "vote-processors").getTotal())
                    .isEqualTo(entries));
  }

  void awaitLog(String text) {
    await().untilAsserted(() -> assertThat(consumer.log()).contains(text));
  }

  /** Rows of the counters, locked: until it is closed, no commit gets to its end. */
  record HeldCounters(Connection connection) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  static HeldCounters holdCounters() throws SQLException {
    return hold("votes");
  }

  /** The same for the votes of polls. */
  static HeldCounters holdRoundCounters() throws SQLException {
    return hold("round_votes");
  }

  private static HeldCounters hold(String counters) throws SQLException {
    Connection connection = servers.database();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1 FROM " + counters + " FOR UPDATE");
    }
    return new HeldCounters(connection);
  }

  /** Until so many database sessions wait for a lock. */
  static void awaitLockWaits(int sessions) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        servers.count(
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
                    .isEqualTo(sessions));
  }
}
