package dev.voting.api.vote;

import dev.voting.api.poll.PollGate;
import java.util.Optional;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;

/** Opens connections to Redis; resolves the host name each time. */
final class RedisConnector implements VoteAppender.Connector {
  private final HostAndPort address;
  private final JedisClientConfig config;
  private final StreamSettings settings;
  private final Optional<PollGate> poll;

  /**
   * @param poll which votes are taken, if not all
   */
  RedisConnector(
      HostAndPort address,
      JedisClientConfig config,
      StreamSettings settings,
      Optional<PollGate> poll) {
    this.address = address;
    this.config = config;
    this.settings = settings;
    this.poll = poll;
  }

  @Override
  public VoteAppender connect() {
    Connection connection = new Connection(address, config);
    try {
      connection.connect();
      VoteStream stream = new VoteStream(connection, settings);
      return poll.isPresent()
          ? new RedisPollAppender(stream, poll.get())
          : new RedisVoteAppender(stream);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
