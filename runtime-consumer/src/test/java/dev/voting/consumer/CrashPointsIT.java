package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XReadGroupParams;

/**
 * The life of a batch is: read, recorded, committed, acknowledged. Here the consumer, or a
 * connection of it, ends between any two of these, on purpose and not by chance as in {@link
 * RandomKillsIT}.
 */
class CrashPointsIT extends WithServers {
  private static final int VOTES = 50;

  @Test
  void killedBetweenReadAndRecord() {
    servers.postgres.stop();
    try {
      add("cats", VOTES);
      start();
      awaitPending(VOTES);
      consumer.kill();
    } finally {
      servers.postgres.start();
    }
    assertThat(total()).isZero();

    startAnother();
    awaitEachCountedOnce();
    assertThat(another.metric("voting_consumer_entries_claimed_total")).isEqualTo(VOTES);
    assertThat(another.metric("voting_consumer_votes_duplicate_total")).isZero();
  }

  @Test
  void killedBetweenClaimAndRecord() {
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    add("cats", VOTES);
    readAs("dead", VOTES);
    servers.postgres.stop();
    try {
      start();
      await().untilAsserted(() -> assertThat(pendingAt("it")).isEqualTo(VOTES));
      consumer.kill();
    } finally {
      servers.postgres.start();
    }
    assertThat(total()).isZero();

    startAnother();
    awaitEachCountedOnce();
    assertThat(another.metric("voting_consumer_entries_claimed_total")).isEqualTo(VOTES);
  }

  @Test
  void killedInTheMidstOfACommit() throws Exception {
    try (HeldCounters _ = holdCounters()) {
      add("cats", VOTES);
      start();
      awaitLockWaits(1);
      consumer.kill();
    }
    startAnother();
    awaitEachCountedOnce();
  }

  @Test
  void killedBetweenCommitAndAcknowledgement() throws Exception {
    CuttableProxy proxy = new CuttableProxy(servers.redis.port());
    try (HeldCounters _ = holdCounters()) {
      add("cats", VOTES);
      start(environment("REDIS_URL", servers.redis.port(), proxy.port()));
      awaitLockWaits(1);
      // From now on it cannot acknowledge anything.
      proxy.close();
    }
    awaitTotal(VOTES);
    awaitLog("Redis is unavailable");
    consumer.kill();
    awaitPending(VOTES);

    startAnother();
    awaitEachCountedOnce();
    assertThat(another.metric("voting_consumer_votes_duplicate_total")).isEqualTo(VOTES);
    assertThat(another.metric("voting_consumer_votes_processed_total")).isZero();
  }

  /** The same, without a kill: the answer to its commit is lost on the way. */
  @Test
  void cutOffWhileTheDatabaseCommits() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(servers.postgres.port())) {
      try (HeldCounters _ = holdCounters()) {
        add("cats", VOTES);
        start(environment("DATABASE_URL", servers.postgres.port(), proxy.port()));
        awaitLockWaits(1);
        proxy.cut();
        // It tries again, while PostgreSQL still has the first try in flight.
        awaitLockWaits(2);
      }
      awaitEachCountedOnce();
      assertThat(consumer.metric("voting_consumer_votes_duplicate_total")).isEqualTo(VOTES);
      assertThat(consumer.metric("voting_consumer_votes_processed_total")).isZero();
    }
  }

  /** The answer with the batch is lost: Redis believes that it was delivered. */
  @Test
  void cutOffAfterItReadABatch() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(servers.redis.port())) {
      Map<String, String> environment =
          environment("REDIS_URL", servers.redis.port(), proxy.port());
      // Nobody takes it over: it is the consumer's own to find.
      environment.put("CLAIM_IDLE_MS", "86400000");
      start(environment);
      add("cats", 1);
      awaitTotal(1);
      awaitDrained();
      deliverInOneStep("it", VOTES - 1);
      assertThat(pendingAt("it")).isEqualTo(VOTES - 1);
      proxy.cut();
      awaitEachCountedOnce();
    }
  }

  /** Slow, but not dead: its batch was taken over, and now it continues. */
  @Test
  void stoppedUntilOthersHaveItsBatchThenContinued() throws Exception {
    try (HeldCounters _ = holdCounters()) {
      add("cats", VOTES);
      add(Map.of("option", "birds"));
      start();
      awaitLockWaits(1);
      assertThat(pendingAt("it")).isEqualTo(VOTES + 1);
      consumer.pause();
      startAnother();
      await().untilAsserted(() -> assertThat(pendingAt("another")).isEqualTo(VOTES + 1));
      // Each of the two has recorded the batch, and neither has committed.
      awaitLockWaits(2);
    }
    awaitEachCountedOnce();
    assertThat(redis.xlen("{votes}:dead")).isEqualTo(1);
    consumer.resume();
    add("dogs", 1);
    awaitTotal(VOTES + 1);
    consumer.terminate();
    assertThat(consumer.exitCode()).isZero();
    assertThat(consumer.log()).contains("nothing left in flight");
    assertThat(redis.xlen("{votes}:dead")).isEqualTo(1);
    assertThat(total()).isEqualTo(VOTES + 1);
  }

  @Test
  void theGroupIsDeletedWhileABatchIsInFlight() throws Exception {
    try (HeldCounters _ = holdCounters()) {
      add("cats", VOTES);
      start();
      awaitLockWaits(1);
      redis.xgroupDestroy("votes", "vote-processors");
    }
    awaitEachCountedOnce();
  }

  /** What Redis forgets while it is in flight is counted all the same. */
  @Test
  void redisLosesEverythingWhileABatchIsInFlight() throws Exception {
    try (HeldCounters _ = holdCounters()) {
      add("cats", VOTES - 1);
      start();
      awaitLockWaits(1);
      redis.flushAll();
      add("cats", 1);
    }
    awaitEachCountedOnce();
  }

  private void awaitEachCountedOnce() {
    awaitTotal(VOTES);
    awaitDrained();
    assertThat(total()).isEqualTo(VOTES);
    assertThat(servers.count("SELECT count(DISTINCT stream_id) FROM vote_events")).isEqualTo(VOTES);
    awaitPending(0);
  }

  /** So that no consumer that waits for entries gets them first. */
  private void deliverInOneStep(String name, int votes) {
    try (AbstractTransaction step = redis.multi()) {
      for (int i = 0; i < votes; i++) {
        step.xadd("votes", StreamEntryID.NEW_ENTRY, Map.of("option", "cats"));
      }
      step.xreadGroup(
          "vote-processors",
          name,
          XReadGroupParams.xReadGroupParams().count(votes),
          Map.of("votes", StreamEntryID.XREADGROUP_UNDELIVERED_ENTRY));
      step.exec();
    }
  }

  private long pendingAt(String name) {
    return redis.xinfoConsumers2("votes", "vote-processors").stream()
        .filter(c -> c.getName().equals(name))
        .mapToLong(c -> c.getPending())
        .sum();
  }
}
