package dev.voting.consumer;

import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;

/**
 * Tests of one consumer, which each test starts itself, against a real Redis and a real PostgreSQL,
 * which are started once and empty before each test.
 */
abstract class WithServers {
  static Servers servers;
  ConsumerProcess consumer;
  Jedis redis;

  @BeforeAll
  static void startServers() throws Exception {
    servers = Servers.start();
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @BeforeEach
  void clear() {
    servers.clear();
    redis = servers.stream();
  }

  @AfterEach
  void end() {
    redis.close();
    if (consumer != null) {
      consumer.close();
    }
  }

  void start() {
    start(environment());
  }

  void start(Map<String, String> environment) {
    consumer = ConsumerProcess.start("it", environment);
  }

  /** What a consumer is told; a test may change it. */
  static Map<String, String> environment() {
    return ConsumerProcess.environment(servers);
  }

  /** How many votes are counted. */
  static long total() {
    return servers.count("SELECT sum(count) FROM votes");
  }
}
