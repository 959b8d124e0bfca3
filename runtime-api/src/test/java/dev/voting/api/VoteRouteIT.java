package dev.voting.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.resps.StreamEntry;

/** What a vote leaves in the stream, and what its answer says. */
@ExtendWith(TestServers.class)
class VoteRouteIT {
  private final Servers servers;
  private final String database;
  private TestApi api;

  VoteRouteIT(Servers servers) throws SQLException {
    this.servers = servers;
    this.database = servers.newDatabase();
  }

  @BeforeEach
  void start() {
    restart();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private void restart(String... more) {
    if (api != null) {
      api.close();
    }
    api = TestApi.start(servers.redis().url(), database, more);
  }

  @Test
  void aVoteIsInTheStreamWhenItIsAnswered() throws Exception {
    long before = System.currentTimeMillis();
    HttpResponse<String> response = api.vote("dogs", "User-Agent", "test/1 (a \"quoted\" thing)");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(TestApi.header(response, "Content-Type")).contains("application/json");
    List<StreamEntry> entries = api.entries();
    assertThat(entries).hasSize(1);
    assertThat(response.body())
        .isEqualTo(
            "{\"message\":\"Vote recorded\",\"option\":\"dogs\",\"stream_id\":\"%s\"}",
            entries.getFirst().getID());
    Map<String, String> fields = entries.getFirst().getFields();
    assertThat(fields).containsOnlyKeys("option", "timestamp", "source_ip", "user_agent", "nonce");
    assertThat(fields).containsEntry("option", "dogs").containsEntry("source_ip", "127.0.0.1");
    assertThat(fields).containsEntry("user_agent", "test/1 (a \"quoted\" thing)");
    assertThat(Long.parseLong(fields.get("timestamp")))
        .isBetween(before, System.currentTimeMillis());
  }

  /** As before there were polls, field by field. */
  @Test
  void withoutAPollTheEntryIsAsItWas() throws Exception {
    api.vote("cats", "Idempotency-Key", "k", "User-Agent", "test");
    try (Jedis redis = api.redis()) {
      redis.getConnection().sendCommand(Protocol.Command.XRANGE, api.stream(), "-", "+");
      List<?> entry = (List<?>) redis.getConnection().getObjectMultiBulkReply().getFirst();
      List<String> fields = new ArrayList<>();
      for (Object field : (List<?>) entry.get(1)) {
        fields.add(new String((byte[]) field, UTF_8));
      }
      assertThat(fields.stream().limit(9))
          .containsExactly(
              "option",
              "cats",
              "timestamp",
              fields.get(3),
              "request_id",
              "k",
              "source_ip",
              "127.0.0.1",
              "user_agent");
      assertThat(fields).hasSize(12).endsWith("test", "nonce", fields.getLast());
      assertThat(fields.getLast()).matches("[0-9a-f]{1,16}");
    }
  }

  @Test
  void anIdleServerAddsNoDelay() throws Exception {
    api.awaitReady();
    List<Long> votes = new ArrayList<>();
    List<Long> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long start = System.nanoTime();
      api.get("/health");
      long between = System.nanoTime();
      assertThat(api.vote("cats").statusCode()).isEqualTo(201);
      others.add(between - start);
      votes.add(System.nanoTime() - between);
    }
    Collections.sort(votes);
    Collections.sort(others);
    // A round trip to Redis more than any other request; no tick of a clock, no wait for company.
    assertThat(Duration.ofNanos(votes.get(20)))
        .isLessThan(Duration.ofMillis(5).plusNanos(3 * others.get(20)));
  }

  @Test
  void theConsumersGroupIsThereAndStartsAtTheFirstVote() throws Exception {
    api.vote("cats");
    try (Jedis redis = api.redis()) {
      assertThat(redis.xinfoGroups(api.stream()))
          .singleElement()
          .satisfies(
              group -> {
                assertThat(group.getName()).isEqualTo("vote-processors");
                assertThat(group.getLastDeliveredId()).hasToString("0-0");
              });
    }
  }

  @Test
  void anExistingGroupIsLeftAsItIs() throws Exception {
    String stream = "group-exists";
    try (Jedis redis = api.redis()) {
      redis.xgroupCreate(stream, "mine", new redis.clients.jedis.StreamEntryID("5-0"), true);
      restart("STREAM_NAME", stream, "CONSUMER_GROUP", "mine");
      assertThat(api.vote("cats").statusCode()).isEqualTo(201);
      assertThat(redis.xinfoGroups(stream).getFirst().getLastDeliveredId()).hasToString("5-0");
    }
  }

  @Test
  void theIdempotencyKeyTravelsAsRequestId() throws Exception {
    assertThat(api.vote("cats", "Idempotency-Key", "0b5e-ü".replace("ü", "~")).statusCode())
        .isEqualTo(201);
    assertThat(api.entries().getFirst().getFields()).containsEntry("request_id", "0b5e-~");

    assertThat(api.vote("cats", "Idempotency-Key", "x".repeat(256)).statusCode()).isEqualTo(400);
    assertThat(api.vote("cats", "Idempotency-Key", " ").statusCode()).isEqualTo(400);
    assertThat(api.entries()).hasSize(1);
  }

  @Test
  void clientsAreNotRecordedWhenTheyMustNotBe() throws Exception {
    restart("RECORD_CLIENT", "false");
    api.vote("cats");
    assertThat(api.entries().getFirst().getFields())
        .containsOnlyKeys("option", "timestamp", "nonce");
  }

  @Test
  void aStrangersForwardedAddressIsNotBelieved() throws Exception {
    api.vote("cats", "X-Forwarded-For", "192.0.2.1");
    assertThat(api.entries().getFirst().getFields()).containsEntry("source_ip", "127.0.0.1");
  }

  @Test
  void aTrustedProxysForwardedAddressIs() throws Exception {
    restart("TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8");
    api.vote("cats", "X-Forwarded-For", "203.0.113.9, 192.0.2.1, 10.1.2.3");
    api.vote("cats", "X-Forwarded-For", "203.0.113.9, 2001:db8::7");
    api.vote("cats", "X-Forwarded-For", "192.0.2.1, garbage");
    assertThat(api.entries())
        .extracting(e -> e.getFields().get("source_ip"))
        .containsExactly("192.0.2.1", "2001:db8:0:0:0:0:0:7", "127.0.0.1");
  }

  @Test
  void whatClientsWroteBeforeTheTrustedHopsIsNotBelieved() throws Exception {
    restart("TRUSTED_HOPS", "2");
    // The outer of the two proxies saw 192.0.2.1, however private the addresses left of it are.
    api.vote("cats", "X-Forwarded-For", "10.9.9.9, 192.0.2.1, 10.1.2.3");
    api.vote("cats", "X-Forwarded-For", "10.1.2.3");
    api.vote("cats", "X-Forwarded-For", "garbage, 10.1.2.3");
    assertThat(api.entries())
        .extracting(e -> e.getFields().get("source_ip"))
        .containsExactly("192.0.2.1", "127.0.0.1", "127.0.0.1");
  }

  /** Where sources are rewritten, every client of the internet comes from a private address. */
  @Test
  void nobodyEvadesItsRateByForgingAddresses() throws Exception {
    restart("RATE_LIMIT_REQUESTS_PER_SECOND", "0.01", "RATE_LIMIT_BURST", "2", "TRUSTED_HOPS", "1");
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      statuses.add(
          api.vote("cats", "X-Forwarded-For", "198.51.100." + i + ", 10.0.0.7").statusCode());
    }
    assertThat(statuses).containsExactly(201, 201, 429, 429);
  }

  @Test
  void eachClientHasItsOwnRate() throws Exception {
    restart(
        "RATE_LIMIT_REQUESTS_PER_SECOND",
        "0.5",
        "RATE_LIMIT_BURST",
        "2",
        "TRUSTED_PROXIES",
        "127.0.0.1");
    String[] one = {"X-Forwarded-For", "192.0.2.1"};
    String[] other = {"X-Forwarded-For", "192.0.2.2"};
    assertThat(api.vote("cats", one).statusCode()).isEqualTo(201);
    assertThat(api.vote("cats", one).statusCode()).isEqualTo(201);
    HttpResponse<String> limited = api.vote("cats", one);
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(TestApi.header(limited, "Content-Type")).contains("application/problem+json");
    assertThat(Integer.parseInt(TestApi.header(limited, "Retry-After").orElseThrow()))
        .isBetween(1, 2);
    assertThat(api.vote("cats", other).statusCode()).isEqualTo(201);
    assertThat(api.send("GET", "/health", null, one).statusCode()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(6))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> api.vote("cats", one).statusCode() == 201);
  }
}
