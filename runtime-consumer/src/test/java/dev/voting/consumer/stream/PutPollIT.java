package dev.voting.consumer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.stream.PollStream.Closed;
import dev.voting.runtime.Environment;
import dev.voting.servers.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/** The poll in force in a real Redis, and when a round is over there. */
class PutPollIT {
  private static final String KEY = "{votes}:poll";
  private static final long PAST = 1_600_000_000_000L;
  private static RedisServer server;

  private Jedis redis;
  private PollStream polls;
  private VoteStream votes;

  @BeforeAll
  static void startServer(@TempDir Path folder) {
    server = RedisServer.at(folder.resolve("redis")).start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connect() {
    redis = new Jedis("127.0.0.1", server.port());
    redis.flushAll();
    Settings settings =
        Settings.from(
            new Environment(
                Map.of(
                    "REDIS_URL",
                    "redis://127.0.0.1:" + server.port(),
                    "DATABASE_URL",
                    "postgresql://nobody:x@127.0.0.1/none",
                    "CONSUMER_NAME",
                    "a")));
    polls = new PollStream(settings);
    votes = new VoteStream(settings);
  }

  @AfterEach
  void disconnect() {
    polls.close();
    votes.close();
    redis.close();
  }

  @Test
  void theNewestStaysWhoeverComesLast() {
    assertThat(polls.number()).isZero();
    assertThat(polls.document()).isEmpty();
    assertThat(polls.put(9, "{\"nine\":9}")).isTrue();
    assertThat(redis.get(KEY)).isEqualTo("00000000000000000009{\"nine\":9}");
    assertThat(polls.put(8, "{}")).isFalse();
    assertThat(polls.put(9, "{}")).isFalse();
    assertThat(polls.number()).isEqualTo(9);
    assertThat(polls.document()).contains("{\"nine\":9}");
    assertThat(polls.put(10, "{}")).isTrue();
    assertThat(polls.put(999_999_999_999_999_999L, "{}")).isTrue();
    assertThat(polls.number()).isEqualTo(999_999_999_999_999_999L);
  }

  @Test
  void aKeyOfAnotherKindIsReplaced() {
    redis.lpush(KEY, "x");
    assertThat(polls.number()).isZero();
    assertThat(polls.put(1, "{}")).isTrue();
    redis.set(KEY, "no number");
    assertThat(polls.number()).isZero();
  }

  @Test
  void aRoundIsNotOverBeforeItsDefinitionIsInForceOrBeforeTheCloseOrWithoutAGroup() {
    redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("choice", "a"));
    assertThat(polls.closed(1, PAST)).isEmpty();
    polls.put(1, "{}");
    assertThat(polls.closed(1, PAST)).isEmpty();
    votes.createGroup();
    assertThat(polls.closed(1, PAST)).isPresent();
    assertThat(polls.closed(2, PAST)).isEmpty();
    assertThat(polls.closed(1, System.currentTimeMillis() + 3_600_000)).isEmpty();
    polls.put(2, "{}");
    assertThat(polls.closed(1, PAST)).isPresent();
  }

  @Test
  void whatIsUnreadOrPendingIsNotOverYet() {
    polls.put(1, "{}");
    votes.createGroup();
    redis.xgroupCreate("votes", "another", new StreamEntryID(0, 0), false);
    String first = add();
    String last = add();
    assertThat(polls.closed(1, PAST)).contains(closed(last, first));
    votes.readNew(1, Duration.ofMillis(1));
    assertThat(polls.closed(1, PAST)).contains(closed(last, first));
    votes.acknowledge(List.of(first), false);
    assertThat(polls.closed(1, PAST)).contains(closed(last, last));
    votes.readNew(1, Duration.ofMillis(1));
    votes.acknowledge(List.of(last), false);
    assertThat(polls.closed(1, PAST)).contains(new Closed(StreamId.parse(last), Optional.empty()));
  }

  /** So that a clock that is set back opens nothing. */
  @Test
  void noIdBeforeTheCloseCanFollow() {
    polls.put(1, "{}");
    votes.createGroup();
    Closed closed = polls.closed(1, PAST).orElseThrow();
    assertThat(closed.last().millis()).isGreaterThanOrEqualTo(PAST);
    assertThat(closed.oldest()).isEmpty();
    assertThat(redis.xlen("votes")).isZero();
    assertThat(redis.xinfoStream("votes").getLastGeneratedId().getTime())
        .isEqualTo(closed.last().millis());
    assertThat(polls.closed(1, PAST)).contains(closed);
    assertThat(votes.readNew(10, Duration.ofMillis(1))).isEmpty();
  }

  private String add() {
    return redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("choice", "a")).toString();
  }

  private static Closed closed(String last, String oldest) {
    return new Closed(StreamId.parse(last), Optional.of(StreamId.parse(oldest)));
  }
}
