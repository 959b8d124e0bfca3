package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import dev.voting.servers.postgres.PostgresServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The results, asked for and streamed, while the database counts, hangs, dies and comes back. */
@ExtendWith(TestServers.class)
class ResultsRouteIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Servers servers;
  private String database;
  private TestApi api;

  ResultsRouteIT(Servers servers) {
    this.servers = servers;
  }

  @BeforeEach
  void start() throws SQLException {
    database = servers.newDatabase();
    api = TestApi.start(servers.redis().url(), database);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void resultsAreTheDatabasesCount() throws Exception {
    count("cats", 2);
    count("dogs", 1);
    await().atMost(SOON).until(() -> api.get("/api/results").body().contains("\"total\":3"));

    HttpResponse<String> response = api.get("/api/results");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(TestApi.header(response, "Cache-Control"))
        .contains("public, max-age=2, stale-while-revalidate=30, stale-if-error=86400");
    assertThat(TestApi.header(response, "Age")).isEmpty();
    assertThat(response.body())
        .startsWith(
            "{\"cats\":2,\"dogs\":1,\"total\":3,\"cats_percentage\":66.67,"
                + "\"dogs_percentage\":33.33,\"last_updated\":\"");
    Matcher updated = Pattern.compile("last_updated\":\"([^\"]+)").matcher(response.body());
    assertThat(updated.find()).isTrue();
    assertThat(Instant.parse(updated.group(1)))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
  }

  @ParameterizedTest
  @CsvSource({"1,799,0.12,99.88", "1,1999,0.05,99.95", "70000,1,99.99,0.01", "0,7,0.0,100.0"})
  void percentagesAddUp_andAreTheDatabases(long cats, long dogs, String catsShare, String dogsShare)
      throws Exception {
    try (Connection connection = TestServers.open(database);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE votes SET count = " + cats + " WHERE option = 'cats'");
      statement.execute("UPDATE votes SET count = " + dogs + " WHERE option = 'dogs'");
      try (var rows =
          statement.executeQuery(
              "SELECT string_agg(percentage::FLOAT8::TEXT, ' ' ORDER BY option), sum(percentage)"
                  + " FROM get_vote_results()")) {
        rows.next();
        assertThat(rows.getString(1).split(" "))
            .extracting(Double::valueOf)
            .containsExactly(Double.valueOf(catsShare), Double.valueOf(dogsShare));
        assertThat(rows.getBigDecimal(2)).isEqualByComparingTo("100");
      }
    }
    await()
        .atMost(SOON)
        .until(
            () ->
                api.get("/api/results")
                    .body()
                    .contains(
                        "\"cats_percentage\":"
                            + catsShare
                            + ",\"dogs_percentage\":"
                            + dogsShare
                            + ","));
  }

  @Test
  void requestsDoNotReachTheDatabase() throws Exception {
    await().atMost(SOON).until(() -> api.get("/api/results").statusCode() == 200);
    long before = queries();
    long start = System.nanoTime();
    for (int i = 0; i < 500; i++) {
      assertThat(api.get("/api/results").statusCode()).isEqualTo(200);
    }
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    // One poll a second, and what the test itself asks; the statistics are up to a second late.
    assertThat(queries() - before).isLessThan(20 + 2 * seconds);
  }

  private long queries() throws SQLException {
    try (Connection connection = TestServers.open(database);
        Statement statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void aStreamBeginsWithTheResultsAndSendsEachChangeAtOnce() throws Exception {
    try (EventStream stream = EventStream.open(api, "")) {
      assertThat(stream.next().data()).contains("\"total\":0");
      List<Long> delays = new ArrayList<>();
      for (int i = 1; i <= 10; i++) {
        count("cats", 1);
        long committed = System.nanoTime();
        EventStream.Event event = stream.next();
        delays.add(Duration.ofNanos(System.nanoTime() - committed).toMillis());
        assertThat(event.data()).contains("\"cats\":" + i + ",");
        assertThat(event.id()).isEqualTo(i + "-0");
      }
      delays.sort(Long::compare);
      assertThat(delays.get(5)).as("median of %s ms", delays).isLessThan(100);
    }
  }

  @Test
  void aBurstOfCommitsBecomesFewEventsAndTheLastIsSent() throws Exception {
    try (EventStream stream = EventStream.open(api, "")) {
      stream.next();
      try (Connection connection = TestServers.open(database);
          Statement statement = connection.createStatement()) {
        for (int i = 0; i < 300; i++) {
          statement.execute("SELECT increment_vote('dogs')");
        }
      }
      int events = 1;
      while (!stream.next().data().contains("\"dogs\":300,")) {
        events++;
      }
      assertThat(events).isLessThan(150);
    }
  }

  /** Commits that follow one another without a pause, as those of many consumers do. */
  @Test
  void aFloodOfCommitsDoesNotHoldBackTheResults() throws Exception {
    int committers = 4;
    int each = 5_000;
    try (EventStream stream = EventStream.open(api, "");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      stream.next();
      List<Future<?>> flood = new ArrayList<>();
      for (int i = 0; i < committers; i++) {
        flood.add(threads.submit(() -> commit(each)));
      }
      List<Long> silences = new ArrayList<>();
      long last = System.nanoTime();
      EventStream.Event event;
      do {
        event = stream.next();
        silences.add(Duration.ofNanos(System.nanoTime() - last).toMillis());
        last = System.nanoTime();
      } while (!event.data().contains("\"cats\":" + committers * each + ","));
      for (Future<?> committed : flood) {
        committed.get();
      }
      assertThat(silences).hasSizeGreaterThan(5).allMatch(millis -> millis < 1_500);
    }
  }

  /** Each of its own, and none waits for the disk. */
  private Void commit(int times) throws SQLException {
    try (Connection connection = TestServers.open(database);
        Statement statement = connection.createStatement()) {
      statement.execute("SET synchronous_commit = off");
      for (int i = 0; i < times; i++) {
        statement.execute("SELECT increment_vote('cats')");
      }
    }
    return null;
  }

  @Test
  void aChangeOfWhichNobodyWasNotifiedIsFoundAllTheSame() throws Exception {
    try (EventStream stream = EventStream.open(api, "")) {
      assertThat(stream.next().data()).contains("\"total\":0");
      try (Connection connection = TestServers.open(database);
          Statement statement = connection.createStatement()) {
        statement.execute("UPDATE votes SET count = 7 WHERE option = 'dogs'");
      }
      assertThat(stream.next().id()).isEqualTo("0-7");
    }
  }

  @Test
  void aQuietStreamShowsThatItLives() throws Exception {
    api.close();
    api = TestApi.start(servers.redis().url(), database, "STREAM_HEARTBEAT_MS", "1000");
    try (RawHttp http = new RawHttp(api.port())) {
      http.send("GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(http.readUntil("\nevent: fresh\ndata: {\"at\":\""))
          .contains("\ndata: {\"cats\"")
          .containsPattern("\nretry: \\d{4,5}\n");
      http.readUntil("\"}\n\n");
      http.readUntil("\nevent: fresh\ndata: {\"at\":\"");
      assertThat(api.get("/metrics").body()).contains("\nresults_streams 1.0\n");
    }
    await()
        .atMost(SOON)
        .until(() -> api.get("/metrics").body().contains("\nresults_streams 0.0\n"));
  }

  @Test
  void veryManyStreamsAreSentOneChangeAndEndTogether() throws Exception {
    List<RawHttp> streams = new ArrayList<>();
    try {
      for (int i = 0; i < 1_000; i++) {
        RawHttp stream = new RawHttp(api.port());
        streams.add(stream);
        stream.send("GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      for (RawHttp stream : streams) {
        stream.readUntil("\"total\":0,");
      }
      count("cats", 1);
      for (RawHttp stream : streams) {
        stream.readUntil("\"total\":1,");
      }
      assertThat(api.get("/metrics").body()).contains("\nresults_streams 1000.0\n");
      api.end();
      for (RawHttp stream : streams) {
        stream.awaitClose();
      }
    } finally {
      for (RawHttp stream : streams) {
        stream.close();
      }
    }
  }

  @Test
  void whoComesBackHearsOnlyNews() throws Exception {
    count("cats", 1);
    await().atMost(SOON).until(() -> api.get("/api/results").body().contains("\"total\":1"));
    try (EventStream stream = EventStream.open(api, "1-0")) {
      count("dogs", 1);
      assertThat(stream.next().id()).isEqualTo("1-1");
    }
    try (EventStream stream = EventStream.open(api, "1-0")) {
      assertThat(stream.next().id()).isEqualTo("1-1");
    }
  }

  @Test
  void streamsAreCountedAndEndWithTheService() throws Exception {
    try (EventStream stream = EventStream.open(api, "")) {
      stream.next();
      assertThat(api.get("/metrics").body()).contains("\nresults_streams 1.0\n");
      long start = System.nanoTime();
      api.close();
      assertThat(stream.readToEnd()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }
  }

  @Test
  void theDatabaseComesAndGoes() throws Exception {
    Path folder = TestServers.temporaryFolder();
    try (PostgresServer postgres = TestServers.postgres(folder.resolve("postgres"))) {
      // No schema yet: no results, and it says why.
      api.close();
      api = TestApi.start(servers.redis().url(), postgres.url());
      await()
          .atMost(SOON)
          .until(
              () ->
                  api.get("/ready").body().contains("\"postgres\":\"the schema is not there yet"));
      assertThat(api.get("/ready").statusCode()).as("a vote needs no results").isEqualTo(200);
      HttpResponse<String> none = api.get("/api/results");
      assertThat(none.statusCode()).isEqualTo(503);
      assertThat(TestApi.header(none, "Retry-After")).contains("1");

      database = postgres.url();
      try (Connection connection = TestServers.open(database)) {
        dev.voting.runtime.Schema.apply(connection);
      }
      count("cats", 1);
      api.awaitReady();
      assertThat(api.get("/api/results").body()).contains("\"total\":1");

      // It hangs: the last known results, with their age; votes are not concerned.
      postgres.pause();
      await()
          .atMost(SOON)
          .until(() -> api.get("/ready").body().contains("\"postgres\":\"connection"));
      HttpResponse<String> stale = api.get("/api/results");
      assertThat(stale.statusCode()).isEqualTo(200);
      assertThat(stale.body()).contains("\"total\":1");
      long age = Long.parseLong(TestApi.header(stale, "Age").orElseThrow());
      assertThat(age).isBetween(1L, 60L);
      // Still fresh for two seconds, by the rules that caches go by.
      assertThat(TestApi.header(stale, "Cache-Control").orElseThrow())
          .startsWith("public, max-age=" + (age + 2) + ",");
      assertThat(TestApi.header(stale, "Warning")).contains("110 - \"Response is Stale\"");
      assertThat(api.vote("cats").statusCode()).isEqualTo(201);
      postgres.resume();
      api.awaitReady();
      assertThat(TestApi.header(api.get("/api/results"), "Age")).isEmpty();

      // It dies and comes back: streams live on, and hear what happened meanwhile.
      try (EventStream stream = EventStream.open(api, "1-0")) {
        postgres.kill();
        await().atMost(SOON).until(() -> !api.get("/ready").body().contains("\"postgres\":\"ok\""));
        assertThat(api.get("/ready").statusCode()).isEqualTo(200);
        assertThat(api.get("/metrics").body())
            .contains("dependency_up{dependency=\"postgres\"} 0.0")
            .contains("dependency_up{dependency=\"redis\"} 1.0");
        assertThat(api.vote("dogs").statusCode()).isEqualTo(201);
        assertThat(api.get("/api/results").statusCode()).isEqualTo(200);
        postgres.start();
        count("dogs", 3);
        EventStream.Event event = stream.next();
        while (!event.id().equals("1-3")) {
          event = stream.next();
        }
        assertThat(event.data()).contains("\"total\":4");
      }
    } finally {
      TestServers.delete(folder);
    }
  }

  @Test
  void aStartWithoutTheDatabaseTakesVotes() throws Exception {
    try (TestApi alone =
        TestApi.start(servers.redis().url(), "postgresql://x:x@127.0.0.1:1/votes")) {
      await().atMost(SOON).until(() -> alone.get("/ready").statusCode() == 200);
      assertThat(alone.get("/ready").body())
          .contains("\"redis\":\"ok\"", "\"postgres\":\"no connection\"");
      assertThat(alone.vote("cats").statusCode()).isEqualTo(201);
      assertThat(alone.entries()).hasSize(1);
    }
  }

  @Test
  void aNewServiceWaitsForALoginThatDoesNotExistYet() throws Exception {
    String url = servers.newDatabase().replaceFirst("//[^@]*@", "//latecomer:late@");
    try (TestApi early = TestApi.start(servers.redis().url(), url)) {
      await()
          .atMost(SOON)
          .until(
              () -> early.get("/ready").body().contains("\"postgres\":\"it refuses the user name"));
      assertThat(early.get("/ready").statusCode()).isEqualTo(503);
      assertThat(early.get("/ready").body()).contains("server: starting");
      assertThat(early.vote("cats").statusCode()).isEqualTo(201);
      try (Connection connection = TestServers.open(database);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE ROLE latecomer SUPERUSER LOGIN PASSWORD 'late'");
      }
      await().atMost(SOON).until(() -> early.get("/ready").statusCode() == 200);
    }
  }

  private void count(String option, int votes) throws SQLException {
    try (Connection connection = TestServers.open(database);
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < votes; i++) {
        statement.execute("SELECT increment_vote('" + option + "')");
      }
    }
  }
}
