package dev.voting.consumer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

class RedisFailureTest {

  @ParameterizedTest
  @CsvSource({
    "NO_GROUP, NOGROUP No such key 'votes' or consumer group",
    "NO_GROUP, UNBLOCKED the stream key no longer exists",
    "FULL, OOM command not allowed when used memory > 'maxmemory'.",
    "UNAVAILABLE, LOADING Redis is loading the dataset in memory",
    "UNAVAILABLE, READONLY You can't write against a read only replica.",
    "UNAVAILABLE, MISCONF Redis is configured to save RDB snapshots",
    "UNAVAILABLE, ERR max number of clients reached",
    "REFUSED, WRONGPASS invalid username-password pair or user is disabled.",
    "REFUSED, NOAUTH Authentication required.",
    "REFUSED, NOPERM this user has no permissions to run the 'xreadgroup' command",
    "FATAL, WRONGTYPE Operation against a key holding the wrong kind of value"
  })
  void followsRedisOwnErrorCodes(RedisFailure failure, String message) {
    assertThat(RedisFailure.of(new JedisDataException(message))).isEqualTo(failure);
  }

  @Test
  void triesAgainAfterALostConnection() {
    assertThat(RedisFailure.of(new JedisConnectionException("Read timed out")))
        .isEqualTo(RedisFailure.UNAVAILABLE);
  }
}
