package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.StreamEntryID;

/**
 * As {@link CrashPointsIT}, where each voter has one ballot: A first, then B. Wherever the consumer
 * ends in the life of the second, in the end each voter's B counts, and nothing else.
 */
class BallotCrashIT extends WithServers {
  private static final int VOTERS = 50;

  @BeforeEach
  void declarePoll() {
    declare("");
  }

  @Test
  void killedBetweenReadAndRecord() {
    servers.postgres.stop();
    try {
      addBallots("a", VOTERS);
      addBallots("b", VOTERS);
      start();
      awaitPending(2 * VOTERS);
      consumer.kill();
    } finally {
      servers.postgres.start();
    }
    startAnother();
    awaitEachBallotOnce();
  }

  @Test
  void killedInTheMidstOfACommit() throws Exception {
    addBallots("a", VOTERS);
    start();
    await().untilAsserted(() -> assertThat(ballots()).isEqualTo("a=50 b=0"));
    try (HeldCounters _ = holdRoundCounters()) {
      addBallots("b", VOTERS);
      awaitLockWaits(1);
      consumer.kill();
    }
    startAnother();
    awaitEachBallotOnce();
  }

  @Test
  void killedBetweenCommitAndAcknowledgement() throws Exception {
    CuttableProxy proxy = new CuttableProxy(servers.redis.port());
    try (HeldCounters _ = holdRoundCounters()) {
      addBallots("a", VOTERS);
      addBallots("b", VOTERS);
      start(environment("REDIS_URL", servers.redis.port(), proxy.port()));
      awaitLockWaits(1);
      // From now on it cannot acknowledge anything.
      proxy.close();
    }
    await().untilAsserted(() -> assertThat(ballots()).isEqualTo("a=0 b=50"));
    awaitLog("Redis is unavailable");
    consumer.kill();
    startAnother();
    awaitEachBallotOnce();
    assertThat(another.metric("voting_consumer_votes_duplicate_total")).isEqualTo(2 * VOTERS);
  }

  /** Each voter's A is recorded after B, and changes nothing any more. */
  @Test
  void aConsumerThatWasSlowComesBackWithOlderBallots() {
    redis.xgroupCreate("votes", "vote-processors", new StreamEntryID(0, 0), true);
    addBallots("a", VOTERS);
    readAs("slow", VOTERS);
    addBallots("b", VOTERS);
    Map<String, String> environment = environment();
    environment.put("CLAIM_IDLE_MS", "86400000");
    start(environment);
    await().untilAsserted(() -> assertThat(ballots()).isEqualTo("a=0 b=50"));
    awaitPending(VOTERS);
    another = ConsumerProcess.start("slow", environment);
    awaitEachBallotOnce();
  }

  /** What was sent under an older definition, and a moment too late for it. */
  @Test
  void aLateVoteIsAcknowledgedAndNotCounted() {
    add(Map.of("choice", "a", "round", "1", "window", "-1000"));
    add(Map.of("choice", "b", "round", "1", "window", "1000-"));
    start();
    awaitDrained();
    assertThat(ballots()).isEqualTo("a=0 b=1");
    assertThat(redis.xlen("{votes}:dead")).isZero();
    assertThat(consumer.metric("voting_consumer_votes_late_total")).isEqualTo(1);
    assertThat(consumer.metric("voting_consumer_votes_duplicate_total")).isZero();
  }

  private void awaitEachBallotOnce() {
    awaitDrained();
    assertThat(ballots()).isEqualTo("a=0 b=50");
    assertThat(servers.count("SELECT count(DISTINCT stream_id) FROM vote_events"))
        .isEqualTo(2 * VOTERS);
    assertThat(servers.count("SELECT count(*) FROM ballots")).isEqualTo(VOTERS);
    assertThat(servers.count("SELECT sum(count) FROM votes")).isZero();
    awaitPending(0);
  }
}
