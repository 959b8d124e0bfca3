package dev.voting.consumer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.consumer.Servers;
import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.store.VoteDatabase;
import dev.voting.consumer.stream.Batch;
import dev.voting.consumer.stream.DeadLetter;
import dev.voting.consumer.stream.PollStream;
import dev.voting.consumer.stream.StreamEntry;
import dev.voting.consumer.stream.VoteStream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/**
 * When a round becomes final, and above all when not yet: step by step, with the parts of a
 * consumer and nothing that waits.
 */
class FinishIT {
  private static final String PAST = "2020-01-01T00:00:00Z";
  private static final String FUTURE = "2099-01-01T00:00:00Z";
  private static final String KEY = "{votes}:poll";
  private static Servers servers;

  private Jedis redis;
  private PollStream polls;
  private VoteStream votes;
  private VoteDatabase store;
  private PollKeeper keeper;

  @BeforeAll
  static void startServers() throws Exception {
    servers = Servers.start();
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @BeforeEach
  void connect() {
    servers.clear();
    redis = servers.stream();
    Settings settings = servers.settings();
    polls = new PollStream(settings);
    votes = new VoteStream(settings);
    store = new VoteDatabase(settings, new SimpleMeterRegistry());
    keeper = keeper(Duration.ZERO);
    votes.createGroup();
  }

  private PollKeeper keeper(Duration untilWritten) {
    return new PollKeeper(
        polls, store, new ConsumerMetrics(new SimpleMeterRegistry()), Duration.ZERO, untilWritten);
  }

  @AfterEach
  void disconnect() {
    store.close();
    polls.close();
    votes.close();
    redis.close();
  }

  @Test
  void onlyOnceEveryVoteIsCounted() throws SQLException {
    add("a", 2);
    add("b", 1);
    declare("1", PAST);
    keeper.keep();
    assertThat(isFinal()).as("unread").isFalse();
    Batch first = read(2);
    keeper.keep();
    assertThat(isFinal()).as("pending").isFalse();
    record(first);
    keeper.keep();
    assertThat(isFinal()).as("one is unread").isFalse();
    Batch second = read(2);
    store.record(second.votes());
    keeper.keep();
    assertThat(isFinal()).as("not acknowledged").isFalse();
    record(second);
    keeper.keep();
    assertThat(isFinal()).isTrue();
    assertThat(totals()).isEqualTo("a=2 b=1");
  }

  @Test
  void notBeforeTheCloseNorWithoutOne() throws SQLException {
    declare("1", FUTURE);
    keeper.keep();
    assertThat(isFinal()).isFalse();
    servers.execute("TRUNCATE polls");
    declare("1", null);
    keeper.keep();
    assertThat(isFinal()).isFalse();
  }

  /** What Redis holds is what a power failure may take back for as long as it is not written. */
  @Test
  void notBeforeRedisHasWrittenThatItIsClosed() throws SQLException {
    declare("1", PAST);
    PollKeeper careful = keeper(Duration.ofDays(1));
    careful.keep();
    careful.keep();
    assertThat(isFinal()).isFalse();
  }

  @Test
  void notIfItWasExtendedBeforeItWasCounted() throws SQLException {
    add("a", 1);
    declare("1", PAST);
    keeper.keep();
    declare("1", FUTURE);
    record(read(1));
    keeper.keep();
    assertThat(isFinal()).isFalse();
    declare("1", PAST);
    keeper.keep();
    assertThat(isFinal()).isTrue();
  }

  /** What comes after the close is of another round, or late. */
  @Test
  void whatComesLaterIsNotWaitedFor() throws SQLException {
    add("a", 1);
    declare("1", PAST);
    keeper.keep();
    record(read(1));
    add("b", 1);
    keeper.keep();
    assertThat(isFinal()).isTrue();
    assertThat(totals()).isEqualTo("a=1 b=0");
  }

  @Test
  void anEarlierRoundBecomesFinalWhileAnotherIsInForce() throws SQLException {
    declare("1", PAST);
    declare("2", FUTURE);
    keeper.keep();
    assertThat(isFinal()).isTrue();
    assertThat(servers.query("SELECT bool_or(is_final) FROM get_poll_results('2')")).isEqualTo("f");
  }

  @Test
  void onlyOnceDeadLettersOfAnOlderConsumerAreCounted() throws SQLException {
    add("a", 3);
    redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("timestamp", "1"));
    for (StreamEntry entry : votes.readNew(10, Duration.ofMillis(1))) {
      votes.deadLetter(new DeadLetter(entry, "no option"));
    }
    redis.xadd(
        "{votes}:dead",
        StreamEntryID.NEW_ENTRY,
        Map.of("reason", "birds are no option", "original_id", "1-1", "choice", "a", "round", "1"));
    declare("1", null);
    keeper.keep();
    assertThat(totals()).isEqualTo("a=3 b=0");
    assertThat(redis.xlen("{votes}:dead")).isEqualTo(2);

    add("b", 1);
    votes.deadLetter(
        new DeadLetter(votes.readNew(1, Duration.ofMillis(1)).getFirst(), "no option"));
    declare("1", PAST);
    keeper.keep();
    assertThat(isFinal()).as("something was counted just now").isFalse();
    assertThat(totals()).isEqualTo("a=3 b=1");
    keeper.keep();
    assertThat(isFinal()).isTrue();
    assertThat(redis.xlen("{votes}:dead")).isEqualTo(2);
  }

  @Test
  void thePollInForceIsPutBackIntoRedis() throws SQLException {
    declare("1", null);
    keeper.keep();
    String inForce = redis.get(KEY);
    assertThat(inForce).matches("[0-9]{20}\\{\"seq\": [0-9]+, .*\"definition\": \\{.*}}");
    redis.flushAll();
    keeper.keep();
    assertThat(redis.get(KEY)).isEqualTo(inForce);
    declare("2", null);
    keeper.keep();
    assertThat(redis.get(KEY)).contains("\"round\": \"2\"").isGreaterThan(inForce);
  }

  @Test
  void aRestoredDatabaseTakesThePollInForceFromRedis() throws SQLException {
    declare("1", FUTURE);
    keeper.keep();
    String inForce = redis.get(KEY);
    servers.execute("TRUNCATE polls; SELECT setval('poll_numbers', 1)");
    keeper.keep();
    assertThat(servers.query("SELECT definition ->> 'closesAt' FROM polls")).isEqualTo(FUTURE);
    keeper = keeper(Duration.ZERO);
    keeper.keep();
    assertThat(redis.get(KEY)).isGreaterThan(inForce).contains(FUTURE);
    String restored = redis.get(KEY);
    keeper.keep();
    assertThat(redis.get(KEY)).isEqualTo(restored);
    assertThat(servers.count("SELECT count(*) FROM polls")).isEqualTo(1);
  }

  @Test
  void withoutAPollRedisHasNone() {
    keeper.keep();
    assertThat(redis.keys("*")).containsExactly("votes");
  }

  private void add(String choice, int count) {
    for (int i = 0; i < count; i++) {
      redis.xadd(
          "votes",
          StreamEntryID.NEW_ENTRY,
          Map.of("choice", choice, "round", "1", "timestamp", "1"));
    }
  }

  private Batch read(int count) {
    return Batch.of(votes.readNew(count, Duration.ofMillis(1)), false);
  }

  private void record(Batch batch) throws SQLException {
    store.record(batch.votes());
    votes.acknowledge(batch.ids().toList(), false);
  }

  private void declare(String round, String closes) throws SQLException {
    String poll =
        "{\"options\":[{\"key\":\"a\",\"label\":\"A\"},{\"key\":\"b\",\"label\":\"B\"}],\"round\":\"%s\"%s}"
            .formatted(round, closes == null ? "" : ",\"closesAt\":\"" + closes + "\"");
    assertThat(store.polls().declare(poll, "app", 1, 0).problem()).isEmpty();
  }

  private static boolean isFinal() {
    return servers.query("SELECT bool_and(is_final) FROM get_poll_results('1')").equals("t");
  }

  private static String totals() {
    return servers.query(
        "SELECT string_agg(option || '=' || count, ' ') FROM get_poll_results('1')");
  }
}
