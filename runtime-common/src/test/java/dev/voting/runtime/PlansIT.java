package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.servers.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A session makes its plans once, and the tables grow: none may read more of a table then than the
 * rows that it wants, whatever the statistics said when it was made.
 */
class PlansIT {
  private static final int BATCH = 100;
  private static final int BATCHES = 40;
  private PostgresServer server;
  private Connection owner;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    server = PostgresServer.at(folder.resolve("data")).fast().database("votes").start();
    owner = connect();
    execute(owner, "ALTER SYSTEM SET autovacuum = off");
    execute(owner, "SELECT pg_reload_conf()");
    Schema.apply(owner);
  }

  @AfterEach
  void stop() throws SQLException {
    owner.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT 1", "ANALYZE", "VACUUM"})
  void readNoMoreOfATableThanTheyWant(String before) throws SQLException {
    execute(owner, before);
    try (Connection consumer = connect()) {
      // As a consumer that sees whether the database is there, and gets its first vote.
      for (int i = 0; i < 10; i++) {
        execute(consumer, record(0, 0));
        execute(consumer, record(1, 1));
      }
      for (int batch = 0; batch < BATCHES; batch++) {
        int first = batch * BATCH + 1;
        execute(consumer, record(first, first + BATCH - 1));
        execute(consumer, "SELECT * FROM forget_requests(NULL, '5000-0')");
      }
      // What is known already, and new votes with keys that are taken.
      execute(consumer, record(1, BATCH));
      execute(consumer, record(1, BATCH).replace("n || '-0'", "n || '-1'"));
    }
    long votes = BATCH * (BATCHES + 2) + 20;
    for (String table : new String[] {"vote_events", "vote_requests", "vote_repeats"}) {
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          query(
                              "SELECT n_tup_ins > 0 FROM pg_stat_user_tables WHERE relname = '"
                                  + table
                                  + "'"))
                      .isEqualTo("t"));
      assertThat(read("seq_tup_read", table)).as("read from end to end of %s", table).isZero();
      assertThat(read("idx_tup_fetch", table))
          .as("found by the indexes of %s", table)
          .isLessThan(6 * votes);
    }
    assertThat(query("SELECT sum(count) FROM votes")).isEqualTo("" + BATCH * BATCHES);
  }

  @Test
  void ballotsAreFoundByTheirVoters() throws SQLException {
    execute(owner, "ANALYZE");
    try (Connection consumer = connect()) {
      execute(consumer, ballots(0, 0, "a"));
      execute(consumer, ballots(1, 1, "a"));
      for (int batch = 0; batch < BATCHES; batch++) {
        int first = batch * BATCH + 1;
        execute(consumer, ballots(first, first + BATCH - 1, "a"));
      }
      // Known ones, and a change of as many.
      execute(consumer, ballots(1, BATCH, "a"));
      execute(consumer, ballots(1, BATCH, "b").replace("n || '-0'", "n || '-1'"));
    }
    for (String table : new String[] {"vote_events", "vote_requests", "ballots"}) {
      await().untilAsserted(() -> assertThat(read("n_tup_ins", table)).isPositive());
      assertThat(read("seq_tup_read", table)).as("read from end to end of %s", table).isZero();
      assertThat(read("idx_tup_fetch", table))
          .as("found by the indexes of %s", table)
          .isLessThan(6 * BATCH * (BATCHES + 2));
    }
    await().untilAsserted(() -> assertThat(read("n_tup_upd", "round_votes")).isPositive());
    assertThat(read("idx_scan", "round_votes")).isLessThan(10);
    assertThat(query("SELECT string_agg(option || count, ' ' ORDER BY option) FROM round_votes"))
        .isEqualTo("a" + BATCH * (BATCHES - 1) + " b" + BATCH);
  }

  /** One of each voter, with a key. */
  private static String ballots(int from, int to, String option) {
    return record(from, to)
        .replace("'cats'::TEXT", "'" + option + "'::TEXT")
        .replace("md5(n::TEXT)", "md5(n || '" + option + "')")
        .replace(
            "array_agg(n::BIGINT) AS times",
            "array_agg(n::BIGINT) AS times, array_agg('1'::TEXT) AS rounds,"
                + " array_agg('v' || n) AS voters, array_agg(NULL::BIGINT) AS ends")
        .replace(
            "coalesce(nulls, '{}'))",
            "coalesce(nulls, '{}'), coalesce(rounds, '{}'), coalesce(ends, '{}'),"
                + " coalesce(ends, '{}'), coalesce(voters, '{}'))");
  }

  /** Of which there are hundreds each second while a dump runs. */
  @Test
  void findTheTotalsWithoutLookingAtTheirOldVersions() throws SQLException {
    try (Connection consumer = connect()) {
      for (int batch = 1; batch <= 50; batch++) {
        execute(consumer, record(batch, batch));
      }
    }
    await().untilAsserted(() -> assertThat(read("n_tup_upd", "votes")).isEqualTo(50));
    // Once each, for the session's first batch.
    assertThat(read("seq_scan", "votes")).isLessThan(5);
    assertThat(read("idx_scan", "votes")).isLessThan(5);
  }

  private static String record(int from, int to) {
    return """
        SELECT recorded FROM generate_series(1, 1),
               LATERAL (SELECT array_agg(n || '-0') AS ids, array_agg('cats'::TEXT) AS options,
                               array_agg(n::BIGINT) AS times, array_agg(NULL::TEXT) AS nulls,
                               array_agg(md5(n::TEXT)) AS keys
                          FROM generate_series(%d, %d) AS n WHERE n > 0) AS b,
               LATERAL record_votes(coalesce(ids, '{}'), coalesce(options, '{}'),
                                    coalesce(times, '{}'), coalesce(nulls, '{}'),
                                    coalesce(nulls, '{}'), coalesce(keys, '{}'),
                                    coalesce(nulls, '{}'))
        """
        .formatted(from, to);
  }

  private long read(String counter, String table) throws SQLException {
    return Long.parseLong(
        query("SELECT " + counter + " FROM pg_stat_user_tables WHERE relname = '" + table + "'"));
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/votes", "postgres", "postgres");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String query(String sql) throws SQLException {
    try (Statement statement = owner.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
