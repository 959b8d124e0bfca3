package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import dev.voting.runtime.PollVote;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The results of a poll: of each round, hidden until they are final, and of ballots. */
@ExtendWith(TestServers.class)
class PollResultsIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private final Servers servers;
  private TestCounter counter;
  private TestApi api;

  PollResultsIT(Servers servers) {
    this.servers = servers;
  }

  @BeforeEach
  void start() throws SQLException {
    String database = servers.newDatabase();
    counter = new TestCounter(database);
    api = TestApi.start(servers.redis().url(), database, lunch().environment(folder));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private static TestPoll lunch() {
    return TestPoll.of("pizza", "salad", "soup");
  }

  private void declare(TestPoll poll) throws SQLException {
    counter.declare(poll, api);
    await().atMost(SOON).until(() -> !api.get("/api/poll").body().contains("\"revision\":0"));
  }

  private void vote(String option, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      assertThat(api.vote(option).statusCode()).isEqualTo(201);
    }
  }

  private void awaitResults(String beginning) {
    await().atMost(SOON).until(() -> api.get("/api/results").body().startsWith(beginning));
  }

  @Test
  void beforeThePollIsDeclaredNobodyHasVoted() throws Exception {
    awaitResults(
        "{\"pizza\":0,\"salad\":0,\"soup\":0,\"total\":0,\"pizza_percentage\":0.0,"
            + "\"salad_percentage\":0.0,\"soup_percentage\":0.0,\"last_updated\":null}");
  }

  @Test
  void theResultsAreThoseOfThePollsOptions() throws Exception {
    declare(lunch());
    vote("pizza", 2);
    vote("soup", 1);
    counter.count(api);
    awaitResults("{\"pizza\":2,\"salad\":0,\"soup\":1,\"total\":3,\"pizza_percentage\":66.67,");
    HttpResponse<String> results = api.get("/api/results");
    assertThat(TestApi.header(results, "Poll-Round")).contains("1");
    assertThat(TestApi.header(results, "Cache-Control"))
        .contains("public, max-age=2, stale-if-error=86400");

    HttpResponse<String> csv = api.get("/api/results.csv");
    assertThat(TestApi.header(csv, "Content-Type"))
        .contains("text/csv; charset=utf-8; header=present");
    assertThat(TestApi.header(csv, "Content-Disposition"))
        .contains("attachment; filename=\"results-1.csv\"");
    assertThat(csv.body())
        .isEqualTo(
            "key,label,votes,percentage\r\npizza,Pizza,2,66.67\r\nsalad,Salad,0,0.00\r\n"
                + "soup,Soup,1,33.33\r\ntotal,,3,\r\n");
  }

  @Test
  void eachRoundHasItsOwn_andAnEarlierOneCanBeReturnedTo() throws Exception {
    declare(lunch());
    vote("pizza", 2);
    counter.count(api);
    awaitResults("{\"pizza\":2,");
    try (EventStream stream = EventStream.open(api, "")) {
      assertThat(stream.next("poll").data()).contains("\"round\":\"1\"");
      assertThat(stream.next("").data()).startsWith("{\"pizza\":2,");

      declare(TestPoll.of("yes", "no").round("2"));
      assertThat(stream.next("poll").data()).contains("\"round\":\"2\"");
      assertThat(stream.next("").data()).startsWith("{\"yes\":0,\"no\":0,\"total\":0,");
    }
    vote("yes", 1);
    counter.count(api);
    awaitResults("{\"yes\":1,");
    assertThat(TestApi.header(api.get("/api/results"), "Poll-Round")).contains("2");
    HttpResponse<String> first = api.get("/api/results?round=1");
    assertThat(first.body()).startsWith("{\"pizza\":2,");
    assertThat(TestApi.header(first, "Poll-Round")).contains("1");
    assertThat(api.get("/api/results.csv?round=1").body()).contains("pizza,Pizza,2,100.00");
    assertThat(api.get("/api/results?round=3").statusCode()).isEqualTo(404);
    for (String malformed : List.of("", "A", "1&round=2", "%zz", "%00", "x".repeat(41))) {
      assertThat(status("/api/results?round=" + malformed)).as(malformed).isEqualTo(400);
    }

    declare(lunch());
    awaitResults("{\"pizza\":2,");
  }

  /** By hand, as our client sends nothing that is malformed. */
  private int status(String path) throws Exception {
    try (RawHttp http = new RawHttp(api.port())) {
      http.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      return http.read().orElseThrow().status();
    }
  }

  @Test
  void whatIsHiddenIsNowhere_untilTheRoundIsFinal() throws Exception {
    long closes = System.currentTimeMillis() / 1000 + 100_000;
    declare(lunch().round("2").closes(closes).afterClose());
    try (EventStream stream = EventStream.open(api, "")) {
      assertThat(stream.next("poll").data())
          .contains("\"state\":\"Open\"", "\"results\":\"AfterClose\"", "\"final\":false");
      vote("pizza", 37);
      vote("soup", 4);
      counter.count(api);
      EventStream.Event event = stream.next("");
      while (!event.data().startsWith("{\"total\":41,")) {
        event = stream.next("");
      }
      assertThat(event.data()).matches("\\{\"total\":41,\"last_updated\":\"[^\"]*\"}");
      assertThat(event.id()).matches("\\d+\\.\\d+\\.h");
      awaitResults("{\"total\":41,\"last_updated\":");
      assertThat(api.get("/api/results.csv").body())
          .isEqualTo("key,label,votes,percentage\r\ntotal,,41,\r\n");
      assertThat(api.get("/api/results?round=2").body()).doesNotContain("pizza", "37");

      counter.finish("2");
      assertThat(stream.next("poll").data()).contains("\"state\":\"Final\"", "\"final\":true");
      EventStream.Event shown = stream.next("");
      assertThat(shown.data()).startsWith("{\"pizza\":37,\"salad\":0,\"soup\":4,\"total\":41,");
      assertThat(shown.id()).isEqualTo(event.id().replace('h', 'f'));
    }
    assertThat(api.get("/api/results.csv").body()).contains("pizza,Pizza,37,90.24");
    assertThat(api.get("/api/poll").body()).contains("\"state\":\"Final\"", "\"final\":true");
  }

  /** A count that nothing else can have. */
  @Test
  void noPlantedCountIsInAnythingThatTheApiAnswers() throws Exception {
    long closes = System.currentTimeMillis() / 1000 + 100_000;
    declare(lunch().round("2").closes(closes).afterClose());
    PollVote poll = PollVote.of("2", null, null).orElseThrow();
    List<TestCounter.Counted> votes =
        IntStream.rangeClosed(1, 8_000)
            .mapToObj(
                i -> new TestCounter.Counted("5-" + i, i <= 7_919 ? "pizza" : "soup", poll, "n"))
            .toList();
    try (RawHttp stream = new RawHttp(api.port())) {
      stream.send("GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n");
      counter.count(votes);
      StringBuilder answers = new StringBuilder(stream.readUntil("\"total\":8000,"));
      awaitResults("{\"total\":8000,");
      for (String path :
          List.of(
              "/api/results",
              "/api/results?round=2",
              "/api/results.csv",
              "/api/poll",
              "/ready",
              "/metrics")) {
        HttpResponse<String> answer = api.get(path);
        answers.append(answer.headers().map()).append(answer.body());
      }
      // Without what is random, or the JVM's.
      String ours = answers.toString().replaceAll("(?m)^(retry: |jvm_|process_|system_).*$", "");
      assertThat(ours)
          .doesNotContain("_percentage", "pizza\":")
          .doesNotContainPattern("(?<![0-9.])7919(?![0-9])");
    }
  }

  @Test
  void whoComesBackReceivesThePoll_andResultsOnlyIfTheyAreNew() throws Exception {
    declare(lunch());
    vote("pizza", 1);
    counter.count(api);
    String seen;
    try (EventStream stream = EventStream.open(api, "")) {
      EventStream.Event event = stream.next("");
      while (!event.data().startsWith("{\"pizza\":1")) {
        event = stream.next("");
      }
      seen = event.id();
    }
    try (EventStream stream = EventStream.open(api, seen)) {
      assertThat(stream.next().type()).isEqualTo("poll");
      vote("soup", 1);
      counter.count(api);
      assertThat(stream.next("").data()).contains("\"soup\":1");
    }
  }

  @Test
  void aBrowserHasOneBallot_howeverManyVotes() throws Exception {
    declare(lunch().round("b").perBrowser(true));
    HttpResponse<String> first = api.vote("pizza");
    String cookie = TestApi.header(first, "Set-Cookie").orElseThrow().replaceAll(";.*", "");
    assertThat(api.vote("soup", "Cookie", cookie).statusCode()).isEqualTo(201);
    counter.count(api);
    awaitResults("{\"pizza\":0,\"salad\":0,\"soup\":1,\"total\":1,");

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> posts =
          IntStream.range(0, 50)
              .<Callable<Integer>>mapToObj(
                  i -> () -> api.vote("salad", "Cookie", cookie).statusCode())
              .toList();
      assertThat(threads.invokeAll(posts)).allSatisfy(p -> assertThat(p.get()).isEqualTo(201));
    }
    counter.count(api);
    awaitResults("{\"pizza\":0,\"salad\":1,\"soup\":0,\"total\":1,");
  }

  @Test
  void theFirstBallotCountsWhereNoneCanBeChanged() throws Exception {
    declare(lunch().round("b").perBrowser(false));
    String cookie = "voting-ballot=" + "A".repeat(22);
    assertThat(api.vote("pizza", "Cookie", cookie).statusCode()).isEqualTo(202);
    assertThat(api.vote("soup", "Cookie", cookie).statusCode()).isEqualTo(202);
    counter.count(api);
    awaitResults("{\"pizza\":1,\"salad\":0,\"soup\":0,\"total\":1,");
  }
}
