package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XPendingParams;
import redis.clients.jedis.params.XReadGroupParams;
import redis.clients.jedis.resps.StreamEntry;

/** The consumer as a process, against a real Redis and a real PostgreSQL. */
class ConsumerIT extends WithServers {

  @Test
  void countsTheVotesOfAnyProducerAndLeavesTheStreamEmpty() {
    String first =
        add(
            Map.of(
                "option", "cats",
                "timestamp", "1760000000123",
                "source_ip", "2001:db8::1",
                "user_agent", "curl \0 \uD83D\uDC08",
                "request_id", "r-1"));
    add(Map.of("option", "dogs", "timestamp", "1760000000124")); // the reference's own format
    add(Map.of("option", "cats")); // Redis' time will do
    add(Map.of("option", "cats", "source_ip", "unknown", "later_version", "1"));
    start();

    awaitTotal(4);

    assertThat(servers.query("SELECT count FROM votes WHERE option = 'cats'")).isEqualTo("3");
    assertThat(
            servers.query(
                "SELECT concat_ws('|', option, extract(epoch FROM timestamp), source_ip,"
                    + " user_agent) FROM vote_events WHERE stream_id = '"
                    + first
                    + "'"))
        .isEqualTo("cats|1760000000.123000|2001:db8::1|curl \uFFFD \uD83D\uDC08");
    awaitDrained();
  }

  /** Each commit notifies every API, and costs as much as that of a thousand votes. */
  @Test
  void commitsAtAPaceWhileVotesComeOneByOne() throws Exception {
    int count = 1_500;
    start();
    redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "dogs"));
    awaitTotal(1);
    try (Connection connection = servers.database();
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN votes");
      Thread producer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < count; i++) {
                      redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "cats"));
                      LockSupport.parkNanos(500_000);
                    }
                  });
      long start = System.nanoTime();
      int commits = 0;
      Pattern all = Pattern.compile("\"cats\"\\s*:\\s*" + count + "\\b");
      boolean counted = false;
      while (!counted) {
        PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications(30_000);
        assertThat(received).as("notifications").isNotEmpty();
        commits += received.length;
        counted = all.matcher(received[received.length - 1].getParameter()).find();
      }
      producer.join();
      long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
      assertThat(commits).isGreaterThan(1).isLessThanOrEqualTo(Math.toIntExact(millis / 4 + 2));
    }
  }

  @Test
  void countsARepeatedRequestOnce() {
    add(Map.of("option", "cats", "request_id", "same"));
    add(Map.of("option", "cats", "request_id", "same"));
    add(Map.of("option", "cats", "request_id", "other"));
    start();
    awaitDrained();
    add(Map.of("option", "dogs", "request_id", "same"));
    awaitDrained();

    assertThat(total()).isEqualTo(2);
    assertThat(consumer.metric("voting_consumer_votes_repeated_request_total")).isEqualTo(2);
  }

  @Test
  void movesWhatCanNeverBeCountedAsideAndGoesOn() {
    String noOption = add(Map.of("timestamp", "1"));
    add(Map.of("option", "cats"));
    add(Map.of("option", "birds", "timestamp", "1"));
    add(Map.of("option", "cats", "timestamp", "yesterday"));
    add(Map.of("option", "cats", "user_agent", "x".repeat(70_000)));
    add(Map.of("option", "cats", "request_id", "x".repeat(256)));
    add(Map.of("option", "dogs"));
    start();

    awaitTotal(2);
    awaitDrained();

    List<StreamEntry> dead = redis.xrange("{votes}:dead", "-", "+");
    assertThat(dead)
        .extracting(entry -> entry.getFields().get("reason"))
        .containsExactly(
            "no option",
            "option is neither cats nor dogs",
            "timestamp is not in milliseconds since 1970",
            "larger than 65536 bytes",
            "request_id is longer than 255 characters");
    assertThat(dead.getFirst().getFields())
        .containsEntry("original_id", noOption)
        .containsEntry("timestamp", "1");
    assertThat(consumer.metric("voting_consumer_votes_dead_total")).isEqualTo(5);
  }

  @Test
  void takesUpItsOwnPendingEntriesAndThoseOfADeadConsumer() {
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    add(Map.of("option", "cats"));
    add(Map.of("option", "dogs"));
    readAs("it", 10);
    add(Map.of("option", "cats"));
    readAs("dead", 10);
    start();

    awaitTotal(3);
    awaitDrained();
    assertThat(consumer.metric("voting_consumer_entries_claimed_total")).isEqualTo(1);
  }

  @Test
  void takesUpItsOwnPendingEntriesBeforeAnythingElse() {
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    add("dogs", 150);
    readAs("dead", 10);
    readAs("it", 140);
    add("cats", 100);
    Map<String, String> environment = environment();
    environment.put("BATCH_SIZE", "40");
    // Those of the dead one are free at once, but not ours to begin with.
    environment.put("CLAIM_IDLE_MS", "100");
    start(environment);

    awaitTotal(250);
    awaitDrained();
    String order =
        servers.query(
            "SELECT string_agg(CASE WHEN n > 150 THEN 'new' WHEN n > 10 THEN 'own' ELSE 'dead' END,"
                + " ' ' ORDER BY id) FROM (SELECT id, row_number() OVER (ORDER BY"
                + " split_part(stream_id, '-', 1)::BIGINT, split_part(stream_id, '-', 2)::BIGINT) n"
                + " FROM vote_events) AS events");
    assertThat(order).matches("(own ){140}(dead |new )*(dead|new)");
  }

  /**
   * Redis offers a consumer its own entries too, once the database has kept it waiting for long.
   */
  @Test
  void doesNotTakeOverWhatItHasInFlightItself() throws SQLException {
    add("cats", 10);
    Map<String, String> environment = environment();
    environment.put("CLAIM_IDLE_MS", "100");
    try (HeldCounters _ = holdCounters()) {
      start(environment);
      awaitLockWaits(1);
      await()
          .until(
              () ->
                  redis
                          .xpending("votes", "vote-processors", new XPendingParams("-", "+", 1))
                          .getFirst()
                          .getDeliveredTimes()
                      > 1);
    }
    awaitTotal(10);
    awaitDrained();
    assertThat(consumer.metric("voting_consumer_votes_duplicate_total")).isZero();
    assertThat(consumer.metric("voting_consumer_entries_claimed_total")).isZero();
  }

  /** {@code XGROUP DELCONSUMER}, by hand: Redis forgets that the entries are pending. */
  @Test
  void countsWhatWasPendingAtAConsumerThatSomebodyRemoved() {
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    add("dogs", 3);
    readAs("gone", 3);
    redis.xgroupDelConsumer("votes", "vote-processors", "gone");
    start();
    add("cats", 1);

    awaitTotal(4);
    awaitDrained();
    awaitLog("3 entries were delivered and are not pending");
  }

  @Test
  void readsTheNextBatchWhileTheLastOneCommits() throws SQLException {
    add("cats", 100);
    Map<String, String> environment = environment();
    environment.put("BATCH_SIZE", "10");
    try (HeldCounters _ = holdCounters()) {
      start(environment);
      awaitLockWaits(1);
      // One in the database, one that waits for it, and one that the reader holds.
      awaitPending(30);
    }
    awaitTotal(100);
    awaitDrained();
  }

  @Test
  void countsNothingTwiceWhenABatchIsRepeated() {
    start();
    String id = add(Map.of("option", "cats", "timestamp", "5"));
    awaitTotal(1);
    awaitDrained();
    // As after a restore of an older append-only file: the same entries once more.
    redis.del("votes");
    redis.xadd("votes", new StreamEntryID(id), Map.of("option", "cats", "timestamp", "5"));
    add(Map.of("option", "dogs"));

    awaitTotal(2);
    awaitDrained();
    assertThat(servers.count("SELECT count(*) FROM vote_events")).isEqualTo(2);
    assertThat(consumer.metric("voting_consumer_votes_duplicate_total")).isEqualTo(1);
    assertThat(consumer.metric("voting_consumer_groups_made_total")).isEqualTo(2);
    assertThat(consumer.log()).contains("the stream went back from id " + id);
  }

  @Test
  void keepsANewVoteAsideWhoseIdAnotherVoteHas() {
    start();
    String id = add(Map.of("option", "cats", "timestamp", "5"));
    awaitTotal(1);
    awaitDrained();
    redis.del("votes");
    redis.xadd("votes", new StreamEntryID(id), Map.of("option", "dogs", "timestamp", "5"));

    await().untilAsserted(() -> assertThat(redis.xlen("{votes}:dead")).isEqualTo(1));
    assertThat(redis.xrange("{votes}:dead", "-", "+").getFirst().getFields())
        .containsEntry("reason", "another vote was recorded with this id")
        .containsEntry("original_id", id)
        .containsEntry("option", "dogs");
    assertThat(total()).isEqualTo(1);
  }

  /** As two people may, who vote the same within a millisecond: only the nonces differ. */
  @Test
  void keepsANewVoteAsideThatDiffersByItsNonceAlone() {
    start();
    Map<String, String> first = Map.of("option", "cats", "timestamp", "5", "nonce", "a");
    String id = add(first);
    awaitTotal(1);
    awaitDrained();
    redis.del("votes");
    redis.xadd("votes", new StreamEntryID(id), first);
    awaitDrained();
    redis.del("votes");
    redis.xadd(
        "votes",
        new StreamEntryID(id),
        Map.of("option", "cats", "timestamp", "5", "nonce", "b", "request_id", "r"));

    await().untilAsserted(() -> assertThat(redis.xlen("{votes}:dead")).isEqualTo(1));
    // Its client tries again.
    add(Map.of("option", "cats", "timestamp", "6", "nonce", "c", "request_id", "r"));
    awaitTotal(2);
  }

  @Test
  void saysWhichEntriesWereDeletedBeforeTheyWereCounted() {
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    String[] ids = new String[4];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = add(Map.of("option", "cats"));
    }
    readAs("it", 2);
    readAs("dead", 2);
    redis.xdel("votes", new StreamEntryID(ids[1]), new StreamEntryID(ids[2]));
    start();

    awaitTotal(2);
    await()
        .untilAsserted(
            () -> assertThat(consumer.metric("voting_consumer_votes_lost_total")).isEqualTo(2));
    assertThat(consumer.log())
        .contains("deleted from the stream 'votes' before they were acknowledged", ids[1], ids[2]);
    assertThat(redis.get("{votes}:lost")).isEqualTo("2");
    assertThat(redis.xpending("votes", "vote-processors").getTotal()).isZero();
  }

  /** A client that may add entries may choose their ids, and Redis continues from there. */
  @Test
  void countsVotesWithIdsOfTheEndOfTimeAndHasRedisGoBackToNow() {
    start();
    add(Map.of("option", "cats"));
    awaitTotal(1);
    for (String n : List.of("18446744073709551613", "18446744073709551614")) {
      redis.sendCommand(
          Protocol.Command.XADD,
          "votes",
          "18446744073709551615-" + n,
          "option",
          "dogs",
          "timestamp",
          "1760000000000",
          "request_id",
          "r" + n);
    }
    // The last one that Redis has.
    redis.sendCommand(Protocol.Command.XADD, "votes", "*", "option", "dogs", "timestamp", "5");

    awaitTotal(4);
    await()
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(redis.xadd("votes", (StreamEntryID) null, Map.of("option", "cats")))
                    .isLessThan(new StreamEntryID(System.currentTimeMillis() + 60_000, 0)));
    awaitTotal(5);
    assertThat(consumer.isAlive()).isTrue();
    assertThat(redis.exists("{votes}:dead")).isFalse();
    assertThat(consumer.log()).contains("an id of the future");
  }

  @Test
  void recreatesADeletedGroup() {
    start();
    add(Map.of("option", "cats"));
    awaitTotal(1);
    awaitDrained();
    redis.xgroupDestroy("votes", "vote-processors");
    add(Map.of("option", "cats"));

    awaitTotal(2);
    awaitDrained();
  }

  @Test
  void removesNothingThatAnotherGroupHasNotFinished() {
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    redis.xgroupCreate("votes", "archive", new StreamEntryID(0, 0), true);
    add(Map.of("option", "cats"));
    String second = add(Map.of("option", "dogs"));
    start();
    awaitTotal(2);

    var archived =
        redis
            .xreadGroup(
                "archive",
                "a",
                XReadGroupParams.xReadGroupParams().count(10),
                Map.of("votes", StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY))
            .getFirst()
            .getValue();
    assertThat(archived).hasSize(2);
    redis.xack("votes", "archive", archived.getFirst().getID());

    await().untilAsserted(() -> assertThat(redis.xlen("votes")).isEqualTo(1));
    assertThat(redis.xrange("votes", "-", "+"))
        .extracting(entry -> entry.getID().toString())
        .containsExactly(second);
    await()
        .untilAsserted(() -> assertThat(consumer.metric("voting_consumer_lag_entries")).isZero());

    redis.xack("votes", "archive", archived.getLast().getID());
    awaitDrained();
  }

  @Test
  void finishesWhatItHasInFlightOnSigtermAndLeavesTheGroup() {
    for (int i = 0; i < 5_000; i++) {
      redis.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "cats"));
    }
    start();
    await().pollInterval(Duration.ofMillis(5)).until(() -> total() > 0);
    consumer.terminate();

    assertThat(consumer.exitCode()).isZero();
    assertThat(consumer.log())
        .contains(
            total()
                + " votes recorded, 0 duplicates, 0 repeated requests, 0 dead letters;"
                + " nothing left in flight");
    assertThat(total()).isEqualTo(5_000 - redis.xlen("votes"));
    assertThat(redis.xpending("votes", "vote-processors").getTotal()).isZero();
    assertThat(redis.xinfoConsumers2("votes", "vote-processors")).isEmpty();
  }

  @Test
  void leavesWhatItCannotFinishInTimeToTheNextOne() {
    start();
    add("cats", 1);
    awaitTotal(1);
    awaitDrained();
    consumer.terminate();
    assertThat(consumer.exitCode()).isZero();
    Map<String, String> environment = environment();
    environment.put("SHUTDOWN_GRACE_MS", "500");
    servers.postgres.stop();
    try {
      add("dogs", 5);
      start(environment);
      awaitPending(5);
      consumer.terminate();
      assertThat(consumer.exitCode()).isZero();
      assertThat(consumer.log()).contains("the batches in flight stay pending in Redis");
    } finally {
      servers.postgres.start();
    }
    assertThat(redis.xpending("votes", "vote-processors").getTotal()).isEqualTo(5);
    start("next", environment());
    awaitTotal(6);
    awaitDrained();
  }

  @Test
  void exitsWithZeroOnSigtermWhileItStarts() {
    start();
    await().pollInterval(Duration.ofMillis(2)).until(() -> consumer.log().contains("reads votes"));
    consumer.terminate();
    assertThat(consumer.exitCode()).isZero();
  }

  @Test
  void endsWithAClearLineWhenItsPortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      Map<String, String> environment = environment();
      environment.put("METRICS_PORT", Integer.toString(taken.getLocalPort()));
      start(environment);
      assertThat(consumer.exitCode()).isEqualTo(1);
      assertThat(consumer.log())
          .contains("error: cannot listen on METRICS_PORT " + taken.getLocalPort());
    }
  }

  @Test
  void reportsHowFarBehindItIsAndWhatItDid() throws SQLException {
    redis.xadd(
        "votes",
        new StreamEntryID(System.currentTimeMillis() - 60_000, 0),
        Map.of("option", "cats"));
    try (HeldCounters _ = holdCounters()) {
      start();
      awaitLockWaits(1);
      add("dogs", 4);
      awaitMetric("voting_consumer_lag_entries", 5, 5);
      awaitMetric("voting_consumer_pending_entries", 2, 5);
      awaitMetric("voting_consumer_lag_seconds", 60, 300);
    }
    awaitTotal(5);
    awaitMetric("voting_consumer_votes_processed_total", 5, 5);
    awaitMetric("voting_consumer_lag_entries", 0, 0);
    awaitMetric("voting_consumer_pending_entries", 0, 0);
    awaitMetric("voting_consumer_lag_seconds", 0, 0);
    awaitMetric("voting_consumer_batch_size_sum", 5, 5);
    awaitMetric("voting_consumer_commit_seconds_count", 1, 5);
    assertThat(consumer.metric("voting_consumer_commit_seconds_max")).isPositive();
    assertThat(consumer.metric("voting_consumer_groups_made_total")).isEqualTo(1);
    assertThat(consumer.metric("voting_consumer_reconnects_total{to=\"postgres\"}")).isZero();
  }

  private void awaitMetric(String name, double least, double most) {
    await().untilAsserted(() -> assertThat(consumer.metric(name)).isBetween(least, most));
  }

  @Test
  void isReadyWhenBothServersAnswer() {
    start();
    await().untilAsserted(() -> assertThat(consumer.get("/ready").statusCode()).isEqualTo(200));
    assertThat(consumer.get("/ready").body())
        .isEqualTo("{\"status\":\"ok\",\"postgres\":\"ok\",\"redis\":\"ok\"}");
    assertThat(consumer.get("/health").statusCode()).isEqualTo(200);
    assertThat(consumer.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(consumer.get("/metrics").body())
        .contains("voting_consumer_lag_entries", "voting_consumer_commit_seconds_bucket", "jvm_");
  }
}
