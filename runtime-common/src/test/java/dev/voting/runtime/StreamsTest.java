package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.util.JedisClusterCRC16;

class StreamsTest {

  /** Else no script of a Redis Cluster may move an entry from the one to the other. */
  @ParameterizedTest
  @CsvSource({
    "votes, {votes}:dead",
    "{poll}:votes, {poll}:votes:dead",
    "votes{poll}, votes{poll}:dead",
    "votes:2026, {votes:2026}:dead"
  })
  void aClusterHoldsDeadLettersWithTheirStream(String stream, String expected) {
    assertThat(Streams.deadLetters(stream)).isEqualTo(expected);
    assertThat(JedisClusterCRC16.getSlot(expected)).isEqualTo(JedisClusterCRC16.getSlot(stream));
    assertThat(JedisClusterCRC16.getSlot(Streams.lost(stream)))
        .isEqualTo(JedisClusterCRC16.getSlot(stream));
    assertThat(JedisClusterCRC16.getSlot(Streams.poll(stream)))
        .isEqualTo(JedisClusterCRC16.getSlot(stream));
  }
}
