package dev.voting.api.vote;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;

/** Opens connections to Redis; resolves the host name each time. */
final class RedisConnector implements VoteAppender.Connector {
  private final HostAndPort address;
  private final JedisClientConfig config;
  private final StreamSettings settings;

  RedisConnector(HostAndPort address, JedisClientConfig config, StreamSettings settings) {
    this.address = address;
    this.config = config;
    this.settings = settings;
  }

  @Override
  public VoteAppender connect() {
    Connection connection = new Connection(address, config);
    try {
      connection.connect();
      return new RedisVoteAppender(connection, settings);
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
