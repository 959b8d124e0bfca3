package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/** Whatever is wrong with PostgreSQL or Redis: votes are kept, and counted once that is fixed. */
class OutagesIT extends WithServers {

  @Test
  void waitsForADatabaseThatIsRefusing() {
    startAndCountOne();
    servers.postgres.stop();
    add("dogs");
    awaitLog("PostgreSQL is unavailable");
    assertThat(redis.xlen("votes")).isEqualTo(1);
    await().untilAsserted(() -> assertThat(consumer.get("/ready").statusCode()).isEqualTo(503));
    assertThat(consumer.get("/ready").body()).contains("\"redis\":\"ok\"");

    servers.postgres.start();
    awaitTotal(2);
    awaitLog("PostgreSQL is available again");
    await()
        .untilAsserted(
            () ->
                assertThat(consumer.metric("voting_consumer_reconnects_total{to=\"postgres\"}"))
                    .isEqualTo(1));
    // However many tries it took, there is one line for each change.
    assertThat(consumer.log().lines().filter(line -> line.contains("PostgreSQL is unavailable")))
        .hasSize(1);
    assertThat(
            consumer.log().lines().filter(line -> line.contains("PostgreSQL is available again")))
        .hasSize(1);
  }

  @Test
  void waitsLongerAfterEachTry() throws Exception {
    List<Long> tries = new CopyOnWriteArrayList<>();
    try (ServerSocket refusing = new ServerSocket(0)) {
      Thread.ofVirtual()
          .start(
              () -> {
                while (!refusing.isClosed()) {
                  try {
                    refusing.accept().close();
                    tries.add(System.nanoTime());
                  } catch (IOException closed) {
                    return;
                  }
                }
              });
      add("cats");
      Map<String, String> environment =
          environment("DATABASE_URL", servers.postgres.port(), refusing.getLocalPort());
      environment.put("RETRY_MAX_MS", "60000");
      // One connection is one try.
      environment.compute("DATABASE_URL", (n, url) -> url + "?sslmode=disable&gssEncMode=disable");
      start(environment);
      await().until(() -> tries.size() >= 7);
    }
    // At least 400 and 800 ms, but for one that ended early because a vote came in.
    assertThat(tries.get(6) - tries.get(4)).isGreaterThan(300_000_000);
    assertThat(consumer.isAlive()).isTrue();
    assertThat(redis.xlen("votes")).isEqualTo(1);
  }

  /** A restored backup before its end, or a standby before its promotion. */
  @Test
  void waitsForADatabaseInRecovery() throws Exception {
    startAndCountOne();
    servers.postgres.stop();
    Files.createFile(servers.postgres.data().resolve("standby.signal"));
    // It takes connections, but is ready only when it is promoted.
    Thread starting = Thread.ofPlatform().start(servers.postgres::start);
    try {
      add("dogs");
      await()
          .ignoreExceptions()
          .until(() -> servers.query("SELECT pg_is_in_recovery()").equals("t"));
      awaitLog("in a read-only transaction");
      assertThat(redis.xlen("votes")).isEqualTo(1);
    } finally {
      servers.query("SELECT pg_promote()");
      starting.join();
    }
    awaitTotal(2);
  }

  @Test
  void goesOnAfterAnAdministratorEndsItsConnection() {
    startAndCountOne();
    servers.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'it'");
    add("dogs");
    awaitTotal(2);
    awaitLog("terminating connection due to administrator command");
    await().untilAsserted(() -> assertThat(redis.xlen("votes")).isZero());
  }

  /** What cannot be done in one go is done in parts, instead of never. */
  @Test
  void recordsFewerVotesAtATimeWhenAllAreTooMany() {
    servers.execute(
        """
        CREATE FUNCTION slow() RETURNS TRIGGER LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$;
        CREATE TRIGGER slow BEFORE INSERT ON vote_events FOR EACH ROW EXECUTE FUNCTION slow()
        """);
    try {
      for (int i = 0; i < 60; i++) {
        add("cats");
      }
      Map<String, String> environment = environment();
      environment.compute(
          "DATABASE_URL", (n, url) -> url + "?options=-c%20statement_timeout%3D1000");
      start(environment);
      awaitTotal(60);
      awaitLog("canceling statement due to statement timeout");
      await().untilAsserted(() -> assertThat(redis.xlen("votes")).isZero());
    } finally {
      servers.execute("DROP TRIGGER slow ON vote_events; DROP FUNCTION slow()");
    }
  }

  /** An error of the class "bad data" that no vote causes. */
  @Test
  void waitsForADatabaseWhoseIdsAreUsedUp() {
    startAndCountOne();
    servers.execute("ALTER TABLE vote_events ALTER COLUMN id SET MAXVALUE 2 RESTART WITH 2");
    servers.query("SELECT nextval(pg_get_serial_sequence('vote_events', 'id'))");
    try {
      add("dogs");
      awaitLog("reached maximum value of sequence");
      assertThat(redis.xlen("votes")).isEqualTo(1);
    } finally {
      servers.execute("ALTER TABLE vote_events ALTER COLUMN id SET NO MAXVALUE RESTART WITH 3");
    }
    awaitTotal(2);
    assertThat(redis.exists("{votes}:dead")).isFalse();
  }

  @Test
  void waitsForADatabaseThatHangs() {
    Map<String, String> environment = environment();
    environment.compute("DATABASE_URL", (n, url) -> url + "?socketTimeout=1");
    start(environment);
    add("cats");
    awaitTotal(1);
    servers.postgres.pause();
    try {
      add("dogs");
      awaitLog("PostgreSQL is unavailable");
      assertThat(redis.xlen("votes")).isEqualTo(1);
    } finally {
      servers.postgres.resume();
    }
    awaitTotal(2);
  }

  @Test
  void waitsForADatabaseThatIsReadOnly() {
    startAndCountOne();
    setting("default_transaction_read_only", "on");
    try {
      add("dogs");
      awaitLog("read-only transaction");
      assertThat(redis.xlen("votes")).isEqualTo(1);
    } finally {
      setting("default_transaction_read_only", "off");
    }
    awaitTotal(2);
  }

  @Test
  void waitsForADatabaseWithoutAFreeConnection() {
    servers.execute(
        "CREATE ROLE crowd LOGIN PASSWORD 'crowd' CONNECTION LIMIT 0 IN ROLE voting_consumer");
    try {
      Map<String, String> environment = environment();
      environment.compute(
          "DATABASE_URL", (n, url) -> url.replaceFirst("//[^@]*@", "//crowd:crowd@"));
      start(environment);
      add("dogs");
      awaitLog("too many connections");
      assertThat(redis.xlen("votes")).isEqualTo(1);
      servers.execute("ALTER ROLE crowd CONNECTION LIMIT -1");
      awaitTotal(1);
    } finally {
      consumer.kill();
      servers.execute("DROP OWNED BY crowd; DROP ROLE crowd");
    }
  }

  @Test
  void waitsForALockedTable() throws SQLException {
    Map<String, String> environment = environment();
    environment.compute("DATABASE_URL", (n, url) -> url + "?options=-c%20lock_timeout%3D200");
    start(environment);
    add("cats");
    awaitTotal(1);
    try (HeldCounters _ = holdCounters()) {
      add("dogs");
      awaitLog("canceling statement due to lock timeout");
      assertThat(redis.xlen("votes")).isEqualTo(1);
    }
    awaitTotal(2);
  }

  @Test
  void triesAgainAfterADeadlock() throws SQLException {
    Map<String, String> environment = environment();
    // The consumer is the one that PostgreSQL ends: who waits looks once, after this time, and by
    // then we must wait too.
    environment.compute("DATABASE_URL", (n, url) -> url + "?options=-c%20deadlock_timeout%3D5000");
    try (HeldCounters held = holdCounters();
        Statement other = held.connection().createStatement()) {
      other.execute("SET deadlock_timeout = '10min'");
      String id = redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "cats")).toString();
      start(environment);
      awaitLockWaits(1);
      // It has the vote and waits for the counters; we have the counters and wait for the vote.
      other.execute(
          "INSERT INTO vote_events (option, stream_id) VALUES ('cats', '"
              + id
              + "') ON CONFLICT DO NOTHING");
      held.connection().rollback();
    }
    awaitLog("deadlock detected");
    awaitTotal(1);
    await().untilAsserted(() -> assertThat(redis.xlen("votes")).isZero());
    assertThat(servers.count("SELECT count(*) FROM vote_events")).isEqualTo(1);
  }

  /** A full disk, as PostgreSQL reports it. */
  @Test
  void waitsForADatabaseWithoutSpace() {
    startAndCountOne();
    servers.execute(
        """
        CREATE FUNCTION no_space() RETURNS TRIGGER LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER no_space BEFORE INSERT ON vote_events EXECUTE FUNCTION no_space()
        """);
    try {
      add("dogs");
      awaitLog("could not extend file");
      assertThat(redis.xlen("votes")).isEqualTo(1);
      assertThat(total()).isEqualTo(1);
    } finally {
      servers.execute("DROP TRIGGER no_space ON vote_events; DROP FUNCTION no_space()");
    }
    awaitTotal(2);
  }

  /** What is wrong is the database's, though the state of the error is of bad data. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a new column wants a value | null value in column"
            + "| ALTER TABLE vote_events ADD COLUMN shard TEXT NOT NULL DEFAULT 'x';"
            + " ALTER TABLE vote_events ALTER COLUMN shard DROP DEFAULT"
            + "| ALTER TABLE vote_events DROP COLUMN shard",
        "no partition takes votes of now | new row for relation"
            + "| ALTER TABLE vote_events ADD CONSTRAINT partition"
            + " CHECK (timestamp < '2001-01-01') NOT VALID"
            + "| ALTER TABLE vote_events DROP CONSTRAINT partition",
        "the sequence is behind, as after a logical replication | duplicate key value"
            + "| INSERT INTO vote_events (id, option) SELECT n, 'cats' FROM"
            + " generate_series(1000000, 1050000) AS n;"
            + " ALTER TABLE vote_events ALTER COLUMN id RESTART WITH 1000000"
            + "| ALTER TABLE vote_events ALTER COLUMN id RESTART WITH 2000000",
      })
  void buriesNothingWhileTheDatabaseRefusesEveryVote(
      String what, String message, String breaks, String fixes) {
    servers.execute(breaks);
    try {
      addWithUserAgent("browser", 20);
      start();
      awaitLog("it refuses every vote: ERROR: " + message);
      await().untilAsserted(() -> assertThat(consumer.get("/ready").statusCode()).isEqualTo(503));
      assertThat(redis.xlen("votes")).as(what).isEqualTo(20);
    } finally {
      servers.execute(fixes);
    }
    awaitTotal(20);
    await().untilAsserted(() -> assertThat(redis.xlen("votes")).isZero());
    assertThat(redis.exists("{votes}:dead")).isFalse();
  }

  /** Not even where a vote without what clients write into it would be taken. */
  @Test
  void buriesNothingWhileTheDatabaseRefusesOneVoteAfterTheOther() {
    servers.execute("ALTER TABLE vote_events ADD CONSTRAINT no_agents CHECK (user_agent IS NULL)");
    try {
      addWithUserAgent("browser", 20);
      start();
      awaitLog("it refuses one vote after the other");
      // Each was looked at, and again.
      await()
          .untilAsserted(
              () ->
                  assertThat(consumer.metric("voting_consumer_entries_claimed_total"))
                      .isGreaterThan(40));
      assertThat(redis.xlen("votes")).isEqualTo(20);
      assertThat(redis.exists("{votes}:dead")).isFalse();
    } finally {
      servers.execute("ALTER TABLE vote_events DROP CONSTRAINT no_agents");
    }
    awaitTotal(20);
    assertThat(redis.exists("{votes}:dead")).isFalse();
  }

  private void addWithUserAgent(String agent, int count) {
    for (int i = 0; i < count; i++) {
      redis.xadd(
          "votes", StreamEntryID.NEW_ENTRY, Map.of("option", "cats", "user_agent", agent + i));
    }
  }

  /** No vote that passed the consumer's own checks is known to be refused; still, should one be. */
  @Test
  void movesAVoteThatTheDatabaseRefusesAside() {
    servers.execute("ALTER TABLE vote_events ADD CONSTRAINT no_bots CHECK (user_agent <> 'bot')");
    try {
      for (int i = 0; i < 9; i++) {
        add("cats");
      }
      String refused =
          redis
              .xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "cats", "user_agent", "bot"))
              .toString();
      add("dogs");
      start();

      awaitTotal(10);
      await().untilAsserted(() -> assertThat(redis.xlen("votes")).isZero());
      assertThat(redis.xrange("{votes}:dead", "-", "+"))
          .singleElement()
          .satisfies(
              dead ->
                  assertThat(dead.getFields())
                      .containsEntry("original_id", refused)
                      .hasEntrySatisfying("reason", r -> assertThat(r).contains("no_bots")));
    } finally {
      servers.execute("ALTER TABLE vote_events DROP CONSTRAINT no_bots");
    }
  }

  @Test
  void waitsForARedisThatIsAwayThenHangs() {
    startAndCountOne();
    servers.redis.kill();
    awaitLog("Redis is unavailable");
    servers.redis.start();
    redis = servers.stream();
    add("dogs");
    awaitTotal(2);
    awaitLog("Redis is available again");

    servers.redis.pause();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(consumer.get("/ready").body())
                    .contains("\"postgres\":\"ok\"", "Read timed out"));
    servers.redis.resume();
    add("dogs");
    awaitTotal(3);
  }

  /**
   * What was promoted in its place has its name; the one that was demoted keeps the connections.
   */
  @Test
  void leavesARedisThatWasDemotedForTheOneThatHasItsName(@TempDir Path data) throws IOException {
    try (CuttableProxy name = new CuttableProxy(servers.redis.port());
        RedisServer promoted =
            RedisServer.at(data.resolve("redis")).password(Servers.PASSWORD).start();
        Jedis other = Servers.connect(promoted)) {
      add("cats");
      start(environment("REDIS_URL", servers.redis.port(), name.port()));
      awaitTotal(1);
      name.leadTo(promoted.port());
      redis.replicaof("127.0.0.1", promoted.port());
      try {
        other.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "dogs"));
        awaitTotal(2);
        await().untilAsserted(() -> assertThat(other.xlen("votes")).isZero());
      } finally {
        redis.replicaofNoOne();
      }
    }
  }

  /** As a Redis that failed over does, until the consumer finds the new one. */
  @Test
  void waitsForARedisThatIsAReadOnlyReplica() {
    startAndCountOne();
    redis.replicaof("127.0.0.1", 1);
    try {
      awaitLog("READONLY");
      await().untilAsserted(() -> assertThat(consumer.get("/ready").body()).contains("READONLY"));
      assertThat(consumer.get("/health").statusCode()).isEqualTo(200);
    } finally {
      redis.replicaofNoOne();
    }
    add("dogs");
    awaitTotal(2);
    awaitLog("Redis is available again");
  }

  @Test
  void countsNothingTwiceAfterAnOlderAppendOnlyFileIsRestored(@TempDir Path backup)
      throws IOException {
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    for (int i = 0; i < 500; i++) {
      add("cats");
    }
    servers.awaitWritten(redis);
    copy(servers.redis.data(), backup);
    startAndCount(500);
    servers.redis.kill();
    copy(backup, servers.redis.data());
    servers.redis.start();
    redis = servers.stream();
    assertThat(redis.xlen("votes")).isEqualTo(500);
    add("dogs");

    awaitTotal(501);
    await().untilAsserted(() -> assertThat(redis.xlen("votes")).isZero());
    assertThat(servers.count("SELECT count(*) FROM vote_events")).isEqualTo(501);
    awaitLog("the stream went back from id");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void drainsARedisThatIsFullWithoutLosingADeadLetter() {
    for (int i = 0; i < 3_000; i++) {
      add("cats");
    }
    redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "birds"));
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    redis.configSet("maxmemory", "1");
    try {
      start();
      awaitTotal(3_000);
      awaitLog("moved 0 of 1 entries to the dead letters");
      // What is counted is acknowledged a little later.
      await().untilAsserted(() -> assertThat(redis.xlen("votes")).isEqualTo(1));
    } finally {
      redis.configSet("maxmemory", "0");
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(redis.xlen("{votes}:dead")).isEqualTo(1));
    awaitDrained();
  }

  @Test
  void endsWithAClearLineWhenThePasswordIsWrong() {
    Map<String, String> environment = environment();
    environment.compute(
        "DATABASE_URL", (n, url) -> url.replaceFirst("//voting:[^@]*@", "//voting:wrong@"));
    environment.put("LOGIN_WAIT_MS", "500");
    start(environment);
    assertThat(consumer.exitCode()).isEqualTo(1);
    assertThat(consumer.log().lines().filter(line -> line.startsWith("error:")))
        .singleElement()
        .asString()
        .contains("DATABASE_URL", "password authentication failed")
        .doesNotContain("wrong@");
    assertThat(consumer.log()).doesNotContain("\"throwable\":{");
  }

  /** As when everything starts at once, and the logins are created a little later. */
  @Test
  void waitsForALoginThatIsAboutToBeMade() {
    add("cats");
    Map<String, String> environment = environment();
    environment.compute(
        "DATABASE_URL", (n, url) -> url.replaceFirst("//voting:[^@]*@", "//late:secret@"));
    environment.put("LOGIN_WAIT_MS", "60000");
    start(environment);
    awaitLog("authentication failed for user \\\"late\\\"");
    servers.execute("CREATE ROLE late LOGIN SUPERUSER PASSWORD 'secret'");
    try {
      awaitTotal(1);
      assertThat(consumer.isAlive()).isTrue();
    } finally {
      consumer.close();
      servers.execute("DROP ROLE late");
    }
  }

  @Test
  void waitsForALoginOfRedisThatIsAboutToBeMade() {
    add("cats");
    Map<String, String> environment = environment();
    environment.compute("REDIS_URL", (n, url) -> url.replaceFirst("//:[^@]*@", "//late:secret@"));
    environment.put("LOGIN_WAIT_MS", "60000");
    start(environment);
    awaitLog("WRONGPASS");
    try (Jedis admin = Servers.connect(servers.redis)) {
      admin.aclSetUser("late", "on", ">secret", "~*", "&*", "+@all");
      try {
        awaitTotal(1);
        assertThat(consumer.isAlive()).isTrue();
      } finally {
        consumer.close();
        admin.aclDelUser("late");
      }
    }
  }

  @Test
  void endsWithAClearLineWhenRedisRefusesThePassword() {
    Map<String, String> environment = environment();
    environment.compute("REDIS_URL", (n, url) -> url.replaceFirst("//:[^@]*@", "//:wrong@"));
    environment.put("LOGIN_WAIT_MS", "500");
    start(environment);
    assertThat(consumer.exitCode()).isEqualTo(1);
    assertThat(consumer.log()).contains("error: Redis at", "REDIS_URL", "WRONGPASS");
  }

  @Test
  void endsWithAClearLineWhenTheSchemaDoesNotComeInTime() {
    servers.execute("ALTER TABLE vote_events RENAME TO hidden");
    try {
      add("cats");
      Map<String, String> environment = environment();
      environment.put("SCHEMA_WAIT_MS", "1000");
      start(environment);
      assertThat(consumer.exitCode()).isEqualTo(1);
      assertThat(consumer.log())
          .contains(
              "error: PostgreSQL at",
              "relation \"vote_events\" does not exist",
              "0 votes recorded, 0 duplicates, 0 repeated requests, 0 dead letters; ended by an"
                  + " error");
      assertThat(redis.xlen("votes")).isEqualTo(1);
    } finally {
      servers.execute("ALTER TABLE hidden RENAME TO vote_events");
    }
  }

  @Test
  void endsWithAClearLineWhenTheEnvironmentIsBad() {
    start(Map.of("REDIS_URL", servers.redis.url()));
    assertThat(consumer.exitCode()).isEqualTo(2);
    assertThat(consumer.log())
        .isEqualTo(
            "error: DATABASE_URL is not set: set it like"
                + " DATABASE_URL=postgresql://user:password@postgres.example:5432/votes\n");
  }

  private void startAndCountOne() {
    add("cats");
    startAndCount(1);
  }

  private void startAndCount(int votes) {
    start();
    awaitTotal(votes);
    await().untilAsserted(() -> assertThat(redis.xlen("votes")).isZero());
  }

  private void add(String option) {
    redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", option));
  }

  /** For all connections, those that are open too. */
  private static void setting(String name, String value) {
    try (Connection connection = servers.database();
        Statement statement = connection.createStatement()) {
      statement.execute("SET default_transaction_read_only = off");
      statement.execute("ALTER SYSTEM SET " + name + " = " + value);
      statement.execute("SELECT pg_reload_conf()");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    // A backend reads the configuration again when it gets to it. New ones have read it.
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(shown(name)).isEqualTo(value));
    servers.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
  }

  private static String shown(String name) throws SQLException {
    try (Connection connection = servers.database();
        Statement statement = connection.createStatement();
        ResultSet shown = statement.executeQuery("SHOW " + name)) {
      shown.next();
      return shown.getString(1);
    }
  }
}
