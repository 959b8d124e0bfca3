package dev.voting.local.programs.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.local.programs.DataPods;
import dev.voting.local.programs.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That what stands beside Redis knows whether Redis takes votes. */
class RedisRoomIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private DataPods pods;
  private Running beside;

  @BeforeEach
  void start() throws IOException {
    pods = new DataPods();
    pods.secret("REDIS_PASSWORD", "admin");
    beside = pods.startRedis();
    await().atMost(SOON).until(this::isReady);
  }

  @AfterEach
  void stop() throws IOException {
    pods.close();
  }

  @Test
  void aRedisThatIsFullHasNoRoomUntilItIsEmptied() throws IOException {
    try (RedisConversation admin = admin()) {
      admin.ask(List.of("CONFIG", "SET", "maxmemory", "8mb"));
      await().atMost(SOON).until(this::isReady);
      fill(admin);
      assertThat(isReady()).isFalse();
      admin.ask(List.of("DEL", "votes"));
      await().atMost(SOON).until(this::isReady);
    }
  }

  @Test
  void aRedisThatEvictsHasAlwaysRoom() throws IOException {
    try (RedisConversation admin = admin()) {
      admin.ask(List.of("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"));
      admin.ask(List.of("CONFIG", "SET", "maxmemory", "8mb"));
      for (int i = 0; i < 200; i++) {
        admin.ask(List.of("SET", "filler" + i, "x".repeat(100_000)));
      }
      assertThat(isReady()).isTrue();
    }
  }

  @Test
  void aRedisThatTakesNoWritesForAnotherReasonHasNoRoomEither() throws IOException {
    try (RedisConversation admin = admin()) {
      // As with a volume that is full, writes alone are refused.
      admin.ask(List.of("CONFIG", "SET", "min-replicas-to-write", "1"));
      assertThat(isReady()).isFalse();
      admin.ask(List.of("CONFIG", "SET", "min-replicas-to-write", "0"));
      assertThat(isReady()).isTrue();
    }
  }

  private boolean isReady() {
    return beside.answers(SOON);
  }

  private RedisConversation admin() throws IOException {
    RedisConversation redis = RedisConversation.with(pods.redisPort, Optional.empty(), SOON);
    redis.ask(List.of("AUTH", "admin", "admin"));
    return redis;
  }

  private static void fill(RedisConversation admin) throws IOException {
    String answer = "";
    while (!answer.startsWith("-OOM")) {
      answer = admin.ask(List.of("APPEND", "votes", "x".repeat(10_000)));
    }
  }
}
