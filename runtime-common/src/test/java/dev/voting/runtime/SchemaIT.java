package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.servers.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** The SQL files in a real PostgreSQL; each test has a database of its own. */
class SchemaIT {
  private static final long DAY_MS = 86_400_000;
  private static PostgresServer server;
  private String database;
  private Connection connection;

  @BeforeAll
  static void startServer(@TempDir Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    server = PostgresServer.at(folder.resolve("data")).fast().start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void createDatabase(TestInfo test) throws SQLException {
    database = test.getTestMethod().orElseThrow().getName().toLowerCase();
    try (Connection admin = connect("postgres");
        Statement statement = admin.createStatement()) {
      statement.execute("CREATE DATABASE \"" + database + "\"");
    }
    connection = connect(database);
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  @Test
  void isTheSameAfterASecondTime() throws SQLException {
    Schema.apply(connection);
    record("1-0", "cats", 1);
    String once = structure();
    Schema.apply(connection);
    Schema.apply(connection);
    assertThat(structure()).isEqualTo(once);
    assertThat(totals()).isEqualTo("cats=1 dogs=0");
  }

  @Test
  void mayBeAppliedByManyAtOnce() throws Exception {
    inParallel(4, Collections.nCopies(8, other -> Schema.apply(other)));
    record("1-0", "cats", 1);
    assertThat(totals()).isEqualTo("cats=1 dogs=0");
  }

  @Test
  void isAppliedByPsqlToo() throws Exception {
    Assumptions.assumeTrue(run("psql", "--version") == 0, "no psql on this machine");
    for (int time = 0; time < 2; time++) {
      for (String file : Schema.files()) {
        Path script = Files.createTempFile("schema", ".sql");
        Files.writeString(script, Schema.text(file));
        String url = server.url().substring(0, server.url().lastIndexOf('/') + 1) + database;
        assertThat(run("psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", script.toString(), url))
            .isZero();
        Files.delete(script);
      }
    }
    record("1-0", "cats", 1);
    assertThat(totals()).isEqualTo("cats=1 dogs=0");
  }

  @Test
  void keepsEveryVoteOfADatabaseFromBeforeStreamIds() throws Exception {
    try (InputStream dump =
            SchemaIT.class.getResourceAsStream("/dev/voting/schema/reference-dump.sql");
        Connection older = connect(database)) {
      older.createStatement().execute(new String(dump.readAllBytes(), StandardCharsets.UTF_8));
    }
    String events = query("SELECT string_agg(v::TEXT, ' ' ORDER BY id) FROM vote_events v");
    assertThat(totals()).isEqualTo("cats=2147483647 dogs=12345");

    Schema.apply(connection);
    Schema.apply(connection);

    assertThat(totals()).isEqualTo("cats=2147483647 dogs=12345");
    assertThat(
            query(
                "SELECT string_agg(ROW(id, option, timestamp, source_ip, user_agent)::TEXT, ' '"
                    + " ORDER BY id) FROM vote_events"))
        .isEqualTo(events);
    // The counter is past what an INTEGER holds, and so may ids be.
    record("1-0", "cats", 1);
    assertThat(totals()).isEqualTo("cats=2147483648 dogs=12345");
    assertThat(query("SELECT option || new_count FROM increment_vote('cats')"))
        .isEqualTo("cats2147483649");
    query("SELECT setval(pg_get_serial_sequence('vote_events', 'id'), 4000000000)");
    record("1-1", "dogs", 1);
    assertThat(query("SELECT max(id) FROM vote_events")).isEqualTo("4000000001");
    assertThat(query("SELECT count(*) FROM vote_events WHERE stream_id IS NULL")).isEqualTo("3");
  }

  /** An operator that is rolled back brings its files along, and is replaced again. */
  @Test
  void filesOfBeforeRunOverTheNewOnes() throws Exception {
    before();
    record("1-0,1-1", "cats,dogs", 7);
    for (int time = 0; time < 2; time++) {
      Schema.apply(connection);
      if (time == 0) {
        query(
            "SELECT * FROM declare_poll('{\"round\":\"1\",\"options\":[{\"key\":\"a\"},"
                + "{\"key\":\"b\"}]}', 'app', 1, 0)");
        query(
            "SELECT * FROM record_votes('{1-2,1-3}', '{a,cats}', '{7,7}', '{NULL,NULL}', '{NULL,NULL}',"
                + " '{NULL,NULL}', '{NULL,NULL}', '{1,\"\"}', '{NULL,NULL}', '{NULL,NULL}', '{v,NULL}')");
      }
      assertThat(totals()).isEqualTo("cats=" + (2 + time) + " dogs=1");
      before();
      assertThat(record("1-0,1-1,2-" + time, "cats,dogs,cats", 7)).isEqualTo("(1,0,{})");
      assertThat(totals()).isEqualTo("cats=" + (3 + time) + " dogs=1");
    }
    Schema.apply(connection);
    assertThat(query("SELECT string_agg(option || count, ' ') FROM get_poll_results('1')"))
        .isEqualTo("a1 b0");
    String updated = structure();
    connection.createStatement().execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    Schema.apply(connection);
    assertThat(updated).isEqualTo(structure());
  }

  private void before() throws Exception {
    for (String file : List.of("10-tables", "20-functions", "30-record-votes", "40-roles")) {
      try (InputStream sql =
          SchemaIT.class.getResourceAsStream("/dev/voting/schema/before-polls/" + file + ".sql")) {
        connection
            .createStatement()
            .execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  /** In what it returns, leaves and notifies, whatever polls there are. */
  @Test
  void aPlainBatchIsAsBefore() throws Exception {
    before();
    String old = plainBatches("");
    Schema.apply(connection);
    query("SELECT setval(pg_get_serial_sequence('vote_events', 'id'), 1, false)");
    connection
        .createStatement()
        .execute("TRUNCATE vote_events, vote_requests, vote_repeats; UPDATE votes SET count = 0");
    query(
        "SELECT * FROM declare_poll('{\"round\":\"1\",\"options\":[{\"key\":\"cats\"},"
            + "{\"key\":\"b\"}]}', 'app', 1, 0)");
    assertThat(plainBatches(" AND round = ''")).isEqualTo(old);
    assertThat(query("SELECT sum(count) FROM round_votes")).isEqualTo("0");
    assertThatThrownBy(() -> record("9-0", "birds", 7)).hasMessageContaining("vote_events_option");
  }

  private String plainBatches(String without) throws SQLException {
    try (Connection listener = connect(database)) {
      listener.createStatement().execute("LISTEN votes; LISTEN polls");
      StringBuilder all = new StringBuilder();
      all.append(nonces("1-0,1-1,1-2", "a,a,b", "x,y,z"));
      all.append(nonces("1-0,1-1,1-3", "a,c,d", "x,z,w"));
      all.append(record("2-0,2-1", "dogs,cats", 8)).append(record("", "", 8));
      all.append(totals());
      all.append(
          query(
              "SELECT string_agg(concat_ws(' ', id, option, timestamp, stream_id, nonce), ',' ORDER BY id)"
                  + " FROM vote_events WHERE true"
                  + without));
      all.append(query("SELECT string_agg(r::TEXT, ',' ORDER BY r) FROM vote_requests r"));
      all.append(query("SELECT string_agg(r::TEXT, ',' ORDER BY r) FROM vote_repeats r"));
      List<String> payloads = new ArrayList<>();
      while (payloads.size() < 3) {
        for (PGNotification n : listener.unwrap(PGConnection.class).getNotifications(5000)) {
          payloads.add(
              n.getName()
                  + n.getParameter().replaceAll(", \"last_updated\" : \"[-+:.T0-9]+\"", ""));
        }
      }
      return all.append(payloads).toString();
    }
  }

  @Test
  void hasZerosForResultsWithoutVotes() throws SQLException {
    Schema.apply(connection);
    assertThat(
            query(
                "SELECT string_agg(option || ' ' || count || ' ' || percentage, ', ') FROM"
                    + " get_vote_results()"))
        .isEqualTo("cats 0 0, dogs 0 0");
  }

  @Test
  void putsTheLeaderFirst() throws SQLException {
    Schema.apply(connection);
    record("1-0", "cats", 1);
    record("1-1", "dogs", 1);
    record("1-2", "dogs", 1);
    assertThat(
            query(
                "SELECT string_agg(option || ' ' || count || ' ' || percentage, ', ') FROM"
                    + " get_vote_results()"))
        .isEqualTo("dogs 2 66.67, cats 1 33.33");
  }

  @Test
  void incrementsOnlyWhatCanBeVotedFor() throws SQLException {
    Schema.apply(connection);
    assertThat(query("SELECT option || new_count FROM increment_vote('dogs')")).isEqualTo("dogs1");
    assertThatThrownBy(() -> query("SELECT * FROM increment_vote('birds')"))
        .hasMessageContaining("unknown option \"birds\"");
  }

  @Test
  void recordsOnlyWhatIsNewInARepeatedBatch() throws SQLException {
    Schema.apply(connection);
    assertThat(record("1-0,1-1,1-2", "cats,dogs,cats", 7)).isEqualTo("(3,0,{})");
    assertThat(record("1-0,1-1,1-2", "cats,dogs,cats", 7)).isEqualTo("(0,0,{})");
    assertThat(record("1-1,1-2,1-3,1-4", "dogs,cats,cats,dogs", 7)).isEqualTo("(2,0,{})");
    assertThat(record("", "", 7)).isEqualTo("(0,0,{})");
    assertThat(totals()).isEqualTo("cats=3 dogs=2");
    assertThat(query("SELECT count(*) FROM vote_events")).isEqualTo("5");
  }

  @Test
  void namesTheIdsThatAnotherVoteHas() throws SQLException {
    Schema.apply(connection);
    record("1-0,1-1,1-2", "cats,cats,cats", 7);
    assertThat(record("1-0,1-1,1-3", "cats,dogs,dogs", 7)).isEqualTo("(1,0,{1-1})");
    assertThat(record("1-2", "cats", 8)).isEqualTo("(0,0,{1-2})");
    assertThat(totals()).isEqualTo("cats=3 dogs=1");
  }

  @Test
  void countsARequestOnceInADayAndRepeatsOfItNever() throws SQLException {
    Schema.apply(connection);
    assertThat(requests("1000-0,1000-1,1000-2", "a,a,b")).isEqualTo("(2,1,{})");
    assertThat(requests("1000-0,1000-1,1000-2", "a,a,b")).isEqualTo("(0,1,{})");
    assertThat(requests(DAY_MS + "-0", "a")).isEqualTo("(0,1,{})");
    assertThat(requests((DAY_MS + 1001) + "-0", "a")).isEqualTo("(1,0,{})");
    assertThat(requests((DAY_MS + 1002) + "-0," + (DAY_MS + 1003) + "-0", "a,NULL"))
        .isEqualTo("(1,1,{})");
    assertThat(totals()).isEqualTo("cats=4 dogs=0");
  }

  @Test
  void forgetsRequestsAfterADay() throws SQLException {
    Schema.apply(connection);
    requests("1000-0,1000-1", "a,b");
    requests(2 * DAY_MS + "-0", "c");
    assertThat(query("SELECT forget_requests(NULL, '" + DAY_MS + "-0')")).isEqualTo("(0,)");
    assertThat(query("SELECT forgotten FROM forget_requests(NULL, '" + 2 * DAY_MS + "-0')"))
        .isEqualTo("2");
    assertThat(query("SELECT string_agg(request_id, ',') FROM vote_requests")).isEqualTo("c");
    assertThat(query("SELECT forgotten FROM forget_requests('1970-01-01 00:00:01Z', '9-0')"))
        .isEqualTo("0");
  }

  /** As from a Redis that was restored, when the requests of that time are long forgotten. */
  @Test
  void doesNotCountARepeatOnceItsRequestIsForgotten() throws SQLException {
    Schema.apply(connection);
    assertThat(requests("1000-0,1000-1", "a,a")).isEqualTo("(1,1,{})");
    query("SELECT forget_requests(NULL, '" + 2 * DAY_MS + "-0')");
    assertThat(query("SELECT count(*) FROM vote_requests")).isEqualTo("0");
    assertThat(requests("1000-0,1000-1", "a,a")).isEqualTo("(0,1,{})");
    assertThat(requests("1000-1", "a")).isEqualTo("(0,1,{})");
    assertThat(totals()).isEqualTo("cats=1 dogs=0");
  }

  /** The same option in the same millisecond, and yet another vote. */
  @Test
  void tellsVotesWithTheSameIdApartByTheirNonces() throws SQLException {
    Schema.apply(connection);
    assertThat(nonces("1-0,1-1", "a,b", "x,y")).isEqualTo("(2,0,{})");
    assertThat(nonces("1-0,1-1", "a,c", "x,z")).isEqualTo("(0,0,{1-1})");
    assertThat(nonces("1-0,1-1", "NULL,NULL", "x,z")).isEqualTo("(0,0,{1-1})");
    // Recorded by a consumer that knew of none.
    assertThat(nonces("1-0", "a", "NULL")).isEqualTo("(0,0,{})");
    assertThat(totals()).isEqualTo("cats=2 dogs=0");
  }

  @Test
  void leavesTheKeyOfAVoteWithAReusedIdToTheNextTry() throws SQLException {
    Schema.apply(connection);
    nonces("1-0", "old", "x");
    // Not a repeat of the one before it, which is not counted.
    assertThat(nonces("1-0,1-1", "new,new", "y,z")).isEqualTo("(1,0,{1-0})");
    assertThat(nonces("1-2", "new", "w")).isEqualTo("(0,1,{})");
    // The client's next try of a vote that is counted, though its id came back.
    assertThat(nonces("1-0", "old", "v")).isEqualTo("(0,1,{})");
    assertThat(totals()).isEqualTo("cats=2 dogs=0");
  }

  /** A client that may add entries may choose their ids, and all later ids follow. */
  @Test
  void recordsVotesWhoseIdsAreOfNoTime() throws SQLException {
    Schema.apply(connection);
    assertThat(requests("18446744073709551615-0,18446744073709551615-1", "a,a"))
        .isEqualTo("(1,1,{})");
    assertThat(query("SELECT voted_at <= now() FROM vote_requests")).isEqualTo("t");
  }

  /** A consumer of before nonces, while the others are replaced. */
  @Test
  void recordsVotesOfAConsumerThatKnowsOfNoNonce() throws SQLException {
    Schema.apply(connection);
    assertThat(
            query(
                "SELECT r::TEXT FROM record_votes("
                    + "'{1-0,1-1}', '{cats,dogs}', '{7,7}', '{NULL,NULL}', '{NULL,NULL}', '{a,a}') r"))
        .isEqualTo("(1,1,{})");
  }

  @Test
  void countsEachVoteOnceWhenManyRecordTheSameOnesAtOnce() throws Exception {
    Schema.apply(connection);
    List<Work> work = new ArrayList<>();
    for (int batch = 0; batch < 40; batch++) {
      List<String> ids = new ArrayList<>();
      List<String> requests = new ArrayList<>();
      // Each overlaps the next by half; every tenth vote repeats one of a few requests.
      for (int i = batch * 50; i < batch * 50 + 100; i++) {
        ids.add("5000-" + i);
        requests.add(i % 10 == 0 ? "r" + i % 70 : "NULL");
      }
      Work record = other -> requests(other, String.join(",", ids), String.join(",", requests));
      work.addAll(Collections.nCopies(3, record));
    }
    Collections.shuffle(work, new java.util.Random(7));
    inParallel(6, work);

    // 2,050 votes, of which 205 have one of 7 requests.
    assertThat(totals()).isEqualTo("cats=" + (2050 - 205 + 7) + " dogs=0");
    assertThat(query("SELECT count(*) FROM vote_events")).isEqualTo("" + (2050 - 205 + 7));
  }

  /** As consumers do, each over one connection, which remembers where the totals were. */
  @Test
  void raisesTheTotalsRightlyHoweverManySessionsTakeTurns() throws Exception {
    Schema.apply(connection);
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<?>> sessions = new ArrayList<>();
      for (int session = 0; session < 4; session++) {
        String first = session + "000";
        sessions.add(
            pool.submit(
                () -> {
                  try (Connection own = connect(database)) {
                    for (int i = 0; i < 150; i++) {
                      call(own, first + "-" + i, i % 3 == 0 ? "dogs" : "cats", 7, null);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> session : sessions) {
        session.get();
      }
    }
    record("9-0,9-1", "cats,dogs", 7);
    query("DELETE FROM votes WHERE option = 'dogs' RETURNING 1");
    record("9-2,9-3", "cats,dogs", 7);
    assertThat(totals()).isEqualTo("cats=402 dogs=1");
  }

  /** Consumers meet at the two counters, so these are touched last, when the rest is done. */
  @Test
  void doesNotHoldTheCountersWhileItInsertsVotes() throws Exception {
    Schema.apply(connection);
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();
        Connection blocker = connect(database)) {
      blocker.setAutoCommit(false);
      blocker
          .createStatement()
          .execute("INSERT INTO vote_events (option, stream_id) VALUES ('dogs', '1-2')");
      Future<String> blocked =
          pool.submit(
              () -> {
                try (Connection other = connect(database)) {
                  return call(other, "1-1,1-2,1-3", "cats,cats,cats", 7, null);
                }
              });
      Awaitility.await()
          .until(
              () ->
                  query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                      .equals("1"));
      assertThat(query("SELECT count(*) FROM (SELECT FROM votes FOR UPDATE NOWAIT) AS free"))
          .isEqualTo("2");
      blocker.rollback();
      assertThat(blocked.get()).isEqualTo("(3,0,{})");
    }
    assertThat(totals()).isEqualTo("cats=3 dogs=0");
  }

  @Test
  void notifiesOncePerCommitThatChangedTheTotals() throws SQLException {
    Schema.apply(connection);
    try (Connection listener = connect(database)) {
      listener.createStatement().execute("LISTEN " + Schema.CHANNEL);
      record("1-0,1-1,1-2", "cats,dogs,cats", 7);
      record("1-0,1-1,1-2", "cats,dogs,cats", 7);
      record("1-3", "dogs", 7);
      query("SELECT * FROM increment_vote('dogs')");
      List<String> payloads = new ArrayList<>();
      while (payloads.size() < 3) {
        for (PGNotification n : listener.unwrap(PGConnection.class).getNotifications(5000)) {
          payloads.add(n.getParameter().replaceAll(", \"last_updated\" : \"[-+:.T0-9]+\"", ""));
        }
      }
      assertThat(payloads)
          .containsExactly(
              "{\"cats\" : 2, \"dogs\" : 1}",
              "{\"cats\" : 2, \"dogs\" : 2}",
              "{\"cats\" : 2, \"dogs\" : 3}");
    }
  }

  @FunctionalInterface
  private interface Work {
    void run(Connection connection) throws SQLException;
  }

  private void inParallel(int threads, List<Work> work) throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> results = new ArrayList<>();
      for (Work part : work) {
        results.add(
            pool.submit(
                () -> {
                  try (Connection other = connect(database)) {
                    part.run(other);
                  }
                  return null;
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    }
  }

  private static Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database, "postgres", "postgres");
  }

  private String record(String ids, String options, long timestamp) throws SQLException {
    return call(connection, ids, options, timestamp, null);
  }

  private String requests(String ids, String requests) throws SQLException {
    return requests(connection, ids, requests);
  }

  private static String requests(Connection on, String ids, String requests) throws SQLException {
    return call(on, ids, ids.replaceAll("[^,]+", "cats"), 7, requests);
  }

  private String nonces(String ids, String requests, String nonces) throws SQLException {
    return call(connection, ids, ids.replaceAll("[^,]+", "cats"), 7, requests, nonces);
  }

  private static String call(
      Connection on, String ids, String options, long timestamp, String requests)
      throws SQLException {
    return call(on, ids, options, timestamp, requests, null);
  }

  private static String call(
      Connection on, String ids, String options, long timestamp, String requests, String nonces)
      throws SQLException {
    String nulls = ids.replaceAll("[^,]+", "NULL");
    try (PreparedStatement call =
        on.prepareStatement(
            "SELECT r::TEXT FROM record_votes(?::TEXT[], ?::TEXT[], ?::BIGINT[], ?::TEXT[],"
                + " ?::TEXT[], ?::TEXT[], ?::TEXT[]) r")) {
      call.setString(1, "{" + ids + "}");
      call.setString(2, "{" + options + "}");
      call.setString(3, "{" + ids.replaceAll("[^,]+", Long.toString(timestamp)) + "}");
      call.setString(4, "{" + nulls + "}");
      call.setString(5, "{" + nulls + "}");
      call.setString(6, "{" + (requests == null ? nulls : requests) + "}");
      call.setString(7, "{" + (nonces == null ? nulls : nonces) + "}");
      try (ResultSet row = call.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private String totals() throws SQLException {
    return query("SELECT string_agg(option || '=' || count, ' ' ORDER BY option) FROM votes");
  }

  /** Columns, indexes and functions, as text. */
  private String structure() throws SQLException {
    return query(
        """
        SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
          SELECT table_name || '.' || column_name || ' ' || data_type AS line
            FROM information_schema.columns WHERE table_schema = 'public'
          UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
          UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p
            WHERE p.pronamespace = 'public'::regnamespace) AS lines
        """);
  }

  private String query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static int run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException notThere) {
      return -1;
    }
  }
}
