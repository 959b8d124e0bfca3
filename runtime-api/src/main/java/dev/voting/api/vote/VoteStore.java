package dev.voting.api.vote;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One connection to the votes stream. Not safe for use by several threads; after any exception it
 * is broken and only {@link #close} is of use.
 */
interface VoteStore extends AutoCloseable {

  /** Opens connections to one and the same stream. */
  @FunctionalInterface
  interface Connector {
    /**
     * Connects, authenticates and prepares the stream.
     *
     * @throws JedisException when Redis is away, loading, or refuses the credentials
     */
    VoteStore connect();
  }

  /**
   * Sends all votes at once and completes each as its answer arrives. Returns normally when every
   * vote has its answer, even if some were refused.
   *
   * @return why this connection should not be used again (its server has become a replica, say), or
   *     nothing when all is well
   * @throws JedisException when the connection broke; votes without an answer stay incomplete
   */
  Optional<String> write(List<PendingVote> batch);

  /**
   * Asks for a sign of life.
   *
   * @throws JedisException when none came within the time
   */
  void ping(Duration patience);

  /** Closes the connection; never throws. */
  @Override
  void close();
}
