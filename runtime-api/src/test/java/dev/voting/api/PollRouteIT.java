package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import dev.voting.runtime.Streams;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A poll: which votes are taken, and how a change of it arrives. */
@ExtendWith(TestServers.class)
class PollRouteIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long LONG_AGO = 1_700_000_000;
  private static final long FAR_AWAY = 4_000_000_000L;

  @TempDir private Path folder;

  private final Servers servers;
  private final String database;
  private TestApi api;

  PollRouteIT(Servers servers) throws SQLException {
    this.servers = servers;
    this.database = servers.newDatabase();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private TestApi start(String... more) {
    api = TestApi.start(servers.redis().url(), database, more);
    return api;
  }

  private TestApi start(TestPoll poll, String... more) {
    return start(poll.environment(folder, more));
  }

  private static TestPoll lunch() {
    return TestPoll.of("pizza", "salad", "soup").retired("cake");
  }

  @Test
  void withoutAPollThereIsNoSuchRoute() throws Exception {
    start();
    assertThat(api.get("/api/poll").statusCode()).isEqualTo(404);
    assertThat(api.get("/api/results.csv").statusCode()).isEqualTo(404);
    assertThat(api.get("/metrics").body()).doesNotContain("votes_late", "poll_fence");
    lunch().inForce(api, 1, 1);
    assertThat(api.vote("cats", "Poll-Round", "!", "Ballot-Token", "x").statusCode())
        .isEqualTo(201);
    assertThat(api.vote("pizza").statusCode()).isEqualTo(422);
  }

  @Test
  void todaysKeysAreTaken_andTheEntrySaysWhatItBelongsTo() throws Exception {
    start(lunch().opens(LONG_AGO).closes(FAR_AWAY));
    HttpResponse<String> vote = api.vote("salad", "Idempotency-Key", "k");
    assertThat(vote.statusCode()).isEqualTo(201);
    assertThat(vote.body())
        .isEqualTo(
            "{\"message\":\"Vote recorded\",\"option\":\"salad\",\"stream_id\":\"%s\"}",
            api.entries().getFirst().getID());
    Map<String, String> fields = api.entries().getFirst().getFields();
    assertThat(fields)
        .containsOnlyKeys(
            "choice",
            "round",
            "window",
            "timestamp",
            "request_id",
            "source_ip",
            "user_agent",
            "nonce")
        .containsEntry("choice", "salad")
        .containsEntry("round", "1")
        .containsEntry("window", LONG_AGO + "000-" + FAR_AWAY + "000");

    for (String other : List.of("cats", "cake", "Pizza", "\\ud800", "")) {
      HttpResponse<String> refused = api.vote(other);
      assertThat(refused.statusCode()).as(other).isEqualTo(422);
      assertThat(refused.body()).contains("vote for pizza, salad or soup", "\"#/option\"");
    }
    assertThat(api.vote("cats").body()).contains("option is \\\"cats\\\": vote for");
    assertThat(api.entries()).hasSize(1);
  }

  @Test
  void aChangeArrivesFromRedisAndIsAnnounced() throws Exception {
    start(lunch());
    try (EventStream stream = EventStream.open(api, "")) {
      assertThat(stream.next("poll").data()).contains("\"revision\":0", "\"pizza\"");
      lunch().retired("tart").inForce(api, 7, 3);
      assertThat(stream.next("poll").data()).contains("\"revision\":3", "\"tart\"");
      TestPoll.of("yes", "no").round("2").inForce(api, 8, 1);
      assertThat(stream.next("poll").data()).contains("\"round\":\"2\"", "\"yes\"");
    }
    assertThat(api.vote("pizza").statusCode()).isEqualTo(422);
    assertThat(api.vote("yes").statusCode()).isEqualTo(201);
    assertThat(api.entries().getLast().getFields())
        .containsEntry("round", "2")
        .doesNotContainKeys("window", "voter", "option");
  }

  @Test
  void aVoteOfAnotherRoundIsNeverTakenForThisOne() throws Exception {
    start(lunch());
    assertThat(api.vote("pizza", "Poll-Round", "1").statusCode()).isEqualTo(201);
    HttpResponse<String> other = api.vote("pizza", "Poll-Round", "2");
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("\"reason\":\"AnotherRound\"");
    assertThat(api.vote("pizza", "Poll-Round", "Two!").statusCode()).isEqualTo(400);
    assertThat(api.entries()).hasSize(1);

    // One who knows of the new round before this replica has looked is believed.
    lunch().round("2").inForce(api, 2, 1);
    assertThat(api.vote("pizza", "Poll-Round", "2").statusCode()).isEqualTo(201);
    assertThat(api.vote("pizza", "Poll-Round", "1").statusCode()).isEqualTo(409);
    assertThat(api.entries().getLast().getFields()).containsEntry("round", "2");
  }

  @Test
  void beforeItOpensAndOnceItIsClosedEachVoteIsAnswered409() throws Exception {
    start(lunch().opens(FAR_AWAY));
    HttpResponse<String> early = api.vote("pizza");
    assertThat(early.statusCode()).isEqualTo(409);
    assertThat(early.body()).contains("\"reason\":\"NotOpenYet\"");
    assertThat(api.get("/api/poll").body()).contains("\"state\":\"Upcoming\"");

    lunch().closes(LONG_AGO).inForce(api, 2, 2);
    await().atMost(SOON).until(() -> api.get("/api/poll").body().contains("\"state\":\"Closed\""));
    HttpResponse<String> late = api.vote("pizza");
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(late.body()).contains("\"reason\":\"Closed\"").doesNotContain("earlier try");
    assertThat(api.vote("pizza", "Idempotency-Key", "k").body())
        .contains("an earlier try with the same Idempotency-Key may count");
    assertThat(api.vote("cats").body()).as("a closed poll has no ballot").contains("Closed");
    assertThat(api.entries()).isEmpty();
    assertThat(api.get("/metrics").body())
        .contains("\nvotes_late_total 3.0\n", "\npoll_fence_retries_total 0.0\n");

    // Votes without a pause must not keep an extension from being noticed.
    lunch().closes(FAR_AWAY).inForce(api, 3, 3);
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> api.vote("pizza").statusCode() == 201);
  }

  @Test
  void thePollIsShownAsItIs() throws Exception {
    start(lunch().closes(FAR_AWAY).perToken(500));
    Instant before = Instant.now();
    HttpResponse<String> shown = api.get("/api/poll");
    assertThat(shown.statusCode()).isEqualTo(200);
    assertThat(TestApi.header(shown, "Cache-Control")).contains("no-store");
    assertThat(shown.body().replaceAll("\"now\":\"[^\"]*\"", "\"now\":\"\""))
        .isEqualTo(
            "{\"round\":\"1\",\"revision\":0,\"state\":\"Open\",\"now\":\"\","
                + "\"closesAt\":\"2096-10-02T07:06:40Z\",\"final\":false,\"title\":\"Lunch?\","
                + "\"language\":\"en\",\"order\":\"Listed\",\"results\":\"Live\","
                + "\"ballots\":{\"per\":\"Token\",\"changeable\":true},\"options\":["
                + option("pizza", "Pizza", false)
                + ","
                + option("salad", "Salad", false)
                + ","
                + option("soup", "Soup", false)
                + ","
                + option("cake", "Cake", true)
                + "]}");
    String now = shown.body().replaceAll(".*\"now\":\"([^\"]*)\".*", "$1");
    assertThat(now).matches("\\S+\\.\\d{3}Z");
    assertThat(Instant.parse(now)).isBetween(before.minusSeconds(5), Instant.now().plusSeconds(5));
    assertThat(api.send("HEAD", "/api/poll", null).statusCode()).isEqualTo(200);
  }

  private static String option(String key, String label, boolean retired) {
    return "{\"key\":\"%s\",\"label\":\"%s\",\"emoji\":\"\\uD83C\\uDF55\",\"retired\":%b}"
        .formatted(key, label, retired);
  }

  @Test
  void whileNoDefinitionIsKnownNoVoteIsTaken_andTheFileMayComeLate() throws Exception {
    start("POLL_FILE", folder.resolve("late.json").toString(), "BALLOT_KEY", TestPoll.BALLOT_KEY);
    assertThat(api.get("/ready").body()).contains("the poll is not known yet");
    assertThat(api.get("/api/poll").statusCode()).isEqualTo(503);
    assertThat(api.get("/api/results").statusCode()).isEqualTo(503);
    assertThat(api.vote("pizza").statusCode()).isEqualTo(503);

    Files.writeString(folder.resolve("late.json"), lunch().json());
    await().atMost(SOON).until(() -> api.vote("pizza").statusCode() == 201);
    assertThat(api.entries()).hasSize(1);
  }

  @Test
  void aStartWithoutTheDatabaseTakesVotes() throws Exception {
    api =
        TestApi.start(
            servers.redis().url(),
            "postgresql://x:x@127.0.0.1:1/votes",
            lunch().environment(folder));
    await().atMost(SOON).until(() -> api.get("/ready").statusCode() == 200);
    assertThat(api.vote("pizza").statusCode()).isEqualTo(201);
    assertThat(api.get("/api/poll").statusCode()).isEqualTo(200);
  }

  @Test
  void underAPollThatCannotBeReadNoVoteIsTaken_whileAnotherTypeIsAsGoodAsNone() throws Exception {
    start(lunch());
    try (Jedis redis = api.redis()) {
      redis.set(Streams.poll(api.stream()), "00000000000000000009{\"seq\":");
      HttpResponse<String> unread = api.vote("pizza");
      assertThat(unread.statusCode()).isEqualTo(503);
      assertThat(unread.body()).contains("not counted: the poll in force cannot be read");
      redis.del(Streams.poll(api.stream()));
      redis.lpush(Streams.poll(api.stream()), "a list");
      assertThat(api.vote("salad").statusCode()).isEqualTo(201);
      redis.del(Streams.poll(api.stream()));
    }
    lunch().inForce(api, 10, 2);
    await().atMost(SOON).until(() -> api.get("/api/poll").body().contains("\"revision\":2"));
  }

  @Test
  void pagesOfOtherOriginsMayUseThePollsHeaders() throws Exception {
    start(lunch(), "CORS_ORIGINS", "https://a.example");
    HttpResponse<String> preflight =
        api.send(
            "OPTIONS",
            "/api/vote",
            null,
            "Origin",
            "https://a.example",
            "Access-Control-Request-Method",
            "POST");
    assertThat(TestApi.header(preflight, "Access-Control-Allow-Headers").orElseThrow())
        .isEqualTo(
            "Accept, Content-Type, Idempotency-Key, Last-Event-ID, Ballot-Token, Poll-Round");
    assertThat(
            TestApi.header(
                api.send("GET", "/api/poll", null, "Origin", "https://a.example"),
                "Access-Control-Expose-Headers"))
        .contains("Age, Retry-After, Warning, Poll-Round");
  }
}
