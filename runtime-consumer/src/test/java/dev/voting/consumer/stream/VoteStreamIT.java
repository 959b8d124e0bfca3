package dev.voting.consumer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.voting.consumer.settings.Settings;
import dev.voting.runtime.Environment;
import dev.voting.servers.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XReadGroupParams;

/** What is taken from the stream, and above all what is not, in a real Redis. */
class VoteStreamIT {
  private static final String GROUP = "vote-processors";
  private static final String OTHER = "archive";
  private static RedisServer server;

  private Jedis redis;
  private VoteStream stream;

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
    stream = streamAs("a");
  }

  @AfterEach
  void disconnect() {
    stream.close();
    redis.close();
  }

  @Test
  void acknowledgesAndRemovesAnyNumberOfEntries() {
    stream.createGroup();
    add(2_500);
    assertThat(stream.acknowledge(ids(read(2_500)), false)).isEqualTo(2_500);
    assertThat(redis.xlen("votes")).isZero();
    assertThat(pending()).isZero();
  }

  @Test
  void removesARunOfEntriesAtTheHead() {
    stream.createGroup();
    List<String> ids = add(10);
    assertThat(stream.acknowledge(ids(read(4)), true)).isEqualTo(4);
    assertThat(inStream()).containsExactlyElementsOf(ids.subList(4, 10));
    assertThat(stream.acknowledge(ids(read(3)), true)).isEqualTo(3);
    assertThat(inStream()).containsExactlyElementsOf(ids.subList(7, 10));
    assertThat(pending()).isZero();
  }

  @Test
  void leavesWhatStandsBeforeARun() {
    stream.createGroup();
    List<String> ids = add(10);
    readAs(GROUP, 3);
    assertThat(stream.acknowledge(ids(read(4)), true)).isEqualTo(4);
    assertThat(inStream())
        .containsExactlyElementsOf(
            Stream.concat(ids.subList(0, 3).stream(), ids.subList(7, 10).stream()).toList());
    assertThat(pending()).isEqualTo(3);
  }

  @Test
  void leavesAnEntryWithinARunThatIsStillPending() {
    stream.createGroup();
    List<String> ids = add(5);
    read(5);
    assertThat(stream.acknowledge(List.of(ids.get(0), ids.get(1), ids.get(3), ids.get(4)), true))
        .isEqualTo(4);
    assertThat(inStream()).containsExactly(ids.get(2));
  }

  @Test
  void leavesARunThatAnotherGroupReads() {
    stream.createGroup();
    redis.xgroupCreate("votes", OTHER, new StreamEntryID(0, 0), true);
    List<String> ids = add(5);
    assertThat(stream.acknowledge(ids(read(5)), true)).isEqualTo(5);
    assertThat(inStream()).containsExactlyElementsOf(ids);
  }

  @Test
  void removesWhatAnotherConsumerHasAcknowledgedMeanwhile() {
    stream.createGroup();
    add(10);
    List<String> ids = ids(read(10));
    redis.xack("votes", GROUP, new StreamEntryID(ids.getFirst()));
    assertThat(stream.acknowledge(ids, false)).isEqualTo(9);
    assertThat(stream.acknowledge(ids, false)).isZero();
    assertThat(redis.xlen("votes")).isZero();
  }

  @Test
  void leavesANewEntryWhoseIdIsTheOneOfAnAcknowledgedEntry() {
    stream.createGroup();
    redis.xadd("votes", new StreamEntryID(5, 0), Map.of("option", "cats"));
    redis.xadd("votes", new StreamEntryID(6, 0), Map.of("option", "cats"));
    List<String> before = ids(read(10));
    redis.del("votes");
    stream.createGroup();
    redis.xadd("votes", new StreamEntryID(5, 0), Map.of("option", "dogs"));
    read(1);
    redis.xadd("votes", new StreamEntryID(6, 0), Map.of("option", "dogs"));

    stream.acknowledge(before, false);

    assertThat(ids(read(10))).containsExactly("6-0");
  }

  @Test
  void removesNothingOnceTheGroupIsGoneThoughOnlyOneOtherIsLeft() {
    stream.createGroup();
    redis.xgroupCreate("votes", OTHER, new StreamEntryID(0, 0), true);
    add(3);
    List<String> ids = ids(read(3));
    redis.xgroupDestroy("votes", GROUP);
    assertThat(stream.acknowledge(ids, false)).isZero();
    assertThat(redis.xlen("votes")).isEqualTo(3);
  }

  @Test
  void trimsWhatAllGroupsHaveFinishedAndNothingElse() {
    stream.createGroup();
    redis.xgroupCreate("votes", OTHER, new StreamEntryID(0, 0), true);
    List<String> ids = add(5);
    stream.acknowledge(ids(read(5)), false);
    assertThat(stream.trim()).as("the other group has read nothing").isZero();

    List<String> others = readAs(OTHER, 4);
    redis.xack("votes", OTHER, id(others.get(0)), id(others.get(2)), id(others.get(3)));
    assertThat(stream.trim()).isEqualTo(1);
    assertThat(inStream()).containsExactlyElementsOf(ids.subList(1, 5));

    redis.xack("votes", OTHER, id(others.get(1)));
    assertThat(stream.trim()).isEqualTo(3);
    assertThat(inStream()).containsExactly(ids.get(4));

    redis.xack("votes", OTHER, id(readAs(OTHER, 1).getFirst()));
    assertThat(stream.trim()).isEqualTo(1);
  }

  @Test
  void trimsNothingThatIsPendingAtAnyConsumerOfItsOwnGroup() {
    stream.createGroup();
    redis.xgroupCreate("votes", OTHER, new StreamEntryID(0, 0), true);
    add(4);
    redis.xack(
        "votes", OTHER, readAs(OTHER, 4).stream().map(i -> id(i)).toArray(StreamEntryID[]::new));
    try (VoteStream slow = streamAs("slow")) {
      List<String> slowIds = ids(slow.readNew(1, Duration.ofMillis(1)));
      stream.acknowledge(ids(read(3)), false);
      assertThat(stream.trim()).isZero();
      slow.acknowledge(slowIds, false);
    }
    assertThat(stream.trim()).isEqualTo(4);
  }

  @Test
  void trimsNothingWhileItsGroupIsMissing() {
    redis.xgroupCreate("votes", OTHER, new StreamEntryID(0, 0), true);
    redis.xgroupCreate("votes", "third", new StreamEntryID(0, 0), true);
    add(2);
    for (String group : List.of(OTHER, "third")) {
      readAs(group, 2).forEach(read -> redis.xack("votes", group, id(read)));
    }
    assertThat(stream.trim()).isZero();
    assertThat(redis.xlen("votes")).isEqualTo(2);
  }

  @Test
  void movesADeadEntryOnceWithItsReasonAndAllItsFields() {
    stream.createGroup();
    redis.xadd("votes", new StreamEntryID(7, 0), Map.of("option", "birds", "colour", "blue"));
    DeadLetter dead = new DeadLetter(read(1).getFirst(), "no bird");

    assertThat(stream.deadLetter(dead)).isTrue();
    assertThat(stream.deadLetter(dead)).isFalse();

    assertThat(redis.xrange("{votes}:dead", "-", "+"))
        .singleElement()
        .satisfies(
            entry ->
                assertThat(entry.getFields())
                    .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                            "reason",
                            "no bird",
                            "original_id",
                            "7-0",
                            "option",
                            "birds",
                            "colour",
                            "blue")));
    assertThat(redis.xlen("votes")).isZero();
    assertThat(pending()).isZero();
  }

  @Test
  void leavesADeadEntryWhereItIsWhenItCannotBeMoved() {
    stream.createGroup();
    redis.xadd("votes", new StreamEntryID(7, 0), Map.of("option", "birds"));
    DeadLetter dead = new DeadLetter(read(1).getFirst(), "no bird");
    redis.set("{votes}:dead", "somebody else's");
    assertThatThrownBy(() -> stream.deadLetter(dead)).isInstanceOf(JedisDataException.class);
    assertThat(redis.xlen("votes")).isEqualTo(1);
    assertThat(pending()).isEqualTo(1);

    redis.del("{votes}:dead");
    redis.xgroupDestroy("votes", GROUP);
    assertThatThrownBy(() -> stream.deadLetter(dead)).hasMessageContaining("NOGROUP");
    assertThat(redis.exists("{votes}:dead")).isFalse();
  }

  @Test
  void keepsADeadEntryForTheGroupThatHasNotReadIt() {
    stream.createGroup();
    redis.xgroupCreate("votes", OTHER, new StreamEntryID(0, 0), true);
    add(1);
    assertThat(stream.deadLetter(new DeadLetter(read(1).getFirst(), "r"))).isTrue();
    assertThat(readAs(OTHER, 1)).hasSize(1);
  }

  @Test
  void takesOverNothingBeforeItsTimeAndEverythingAfterIt() {
    stream.createGroup();
    List<String> ids = add(5);
    long read = System.nanoTime();
    try (VoteStream dead = streamAs("dead")) {
      dead.readNew(5, Duration.ofMillis(1));
    }
    List<StreamEntry> claimed = stream.claim(VoteStream.START, 10).entries();
    assertThat(claimed.isEmpty() || System.nanoTime() - read > 300_000_000).isTrue();
    if (claimed.isEmpty()) {
      claimed =
          await()
              .until(() -> stream.claim(VoteStream.START, 10).entries(), found -> !found.isEmpty());
      assertThat(System.nanoTime() - read).isGreaterThan(290_000_000);
    }
    assertThat(ids(claimed)).isEqualTo(ids);
    assertThat(ids(stream.readPending(VoteStream.START, 10))).isEqualTo(ids);
  }

  @Test
  void leavesTheGroupOnlyWithNothingPending() {
    stream.createGroup();
    add(1);
    List<StreamEntry> read = read(1);
    assertThat(stream.leave("a")).isFalse();
    stream.acknowledge(ids(read), false);
    assertThat(stream.leave("a")).isTrue();
    assertThat(redis.xinfoConsumers2("votes", GROUP)).isEmpty();
  }

  /** {@code XGROUP DELCONSUMER} forgets what was pending; the votes are still in the stream. */
  @Test
  void readsAgainWhatSomebodyRemovedFromThePendingEntries() {
    stream.createGroup();
    List<String> ids = add(2);
    read(2);
    assertThat(stream.reread()).as("pending").isZero();
    redis.xgroupDelConsumer("votes", GROUP, "a");
    String next = add(1).getFirst();
    assertThat(stream.reread()).as("one is new").isZero();
    stream.acknowledge(ids(read(1)), false);

    assertThat(stream.reread()).isEqualTo(2);
    assertThat(ids(read(10))).isEqualTo(ids).doesNotContain(next);
  }

  @Test
  void neverReadsAgainWhileAnotherGroupMayNeedTheEntries() {
    stream.createGroup();
    redis.xgroupCreate("votes", OTHER, new StreamEntryID(0, 0), true);
    add(2);
    stream.acknowledge(ids(read(2)), false);
    assertThat(stream.reread()).isZero();
    redis.xgroupDestroy("votes", OTHER);
    assertThat(stream.reread()).isEqualTo(2);
  }

  @Test
  void knowsWhatIsLeftToDo() {
    stream.createGroup();
    assertThat(stream.backlog()).isEqualTo(new VoteStream.Backlog(0, 0, Optional.empty()));
    List<String> ids = add(5);
    List<StreamEntry> read = read(2);
    assertThat(stream.backlog()).isEqualTo(new VoteStream.Backlog(5, 2, Optional.of(ids.get(0))));
    stream.acknowledge(ids(read.subList(0, 1)), false);
    assertThat(stream.backlog()).isEqualTo(new VoteStream.Backlog(4, 1, Optional.of(ids.get(1))));
  }

  @Test
  void doesNotCountWhatOnlyAnotherGroupHasStillToDo() {
    stream.createGroup();
    redis.xgroupCreate("votes", OTHER, new StreamEntryID(0, 0), true);
    List<String> ids = add(5);
    List<StreamEntry> read = read(2);
    stream.acknowledge(ids(read.subList(0, 1)), false);
    assertThat(stream.backlog().pending()).isEqualTo(1);
    assertThat(stream.backlog().oldest()).contains(ids.get(1));
    stream.acknowledge(ids(read.subList(1, 2)), false);
    assertThat(stream.backlog().oldest()).contains(ids.get(2));
    stream.acknowledge(ids(read(3)), false);
    assertThat(redis.xlen("votes")).isEqualTo(5);
    assertThat(stream.backlog()).isEqualTo(new VoteStream.Backlog(0, 0, Optional.empty()));
  }

  private static VoteStream streamAs(String consumer) {
    return new VoteStream(
        Settings.from(
            new Environment(
                Map.of(
                    "REDIS_URL",
                    server.url(),
                    "DATABASE_URL",
                    "postgresql://nowhere/votes",
                    "CONSUMER_NAME",
                    consumer,
                    "CLAIM_IDLE_MS",
                    "300"))));
  }

  private List<String> add(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "cats")).toString());
    }
    return ids;
  }

  private List<StreamEntry> read(int count) {
    return stream.readNew(count, Duration.ofMillis(1));
  }

  private List<String> readAs(String group, int count) {
    return redis
        .xreadGroup(
            group,
            "x",
            XReadGroupParams.xReadGroupParams().count(count),
            Map.of("votes", StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY))
        .getFirst()
        .getValue()
        .stream()
        .map(entry -> entry.getID().toString())
        .toList();
  }

  private static List<String> ids(List<StreamEntry> entries) {
    return entries.stream().map(StreamEntry::id).toList();
  }

  private static StreamEntryID id(String text) {
    return new StreamEntryID(text);
  }

  private List<String> inStream() {
    return redis.xrange("votes", "-", "+").stream().map(e -> e.getID().toString()).toList();
  }

  private long pending() {
    return redis.xpending("votes", GROUP).getTotal();
  }
}
