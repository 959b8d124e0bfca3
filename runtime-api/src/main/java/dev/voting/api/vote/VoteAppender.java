package dev.voting.api.vote;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Appends votes to the stream over one connection. Not thread-safe; after any exception it is
 * broken and only {@link #close} is useful.
 */
interface VoteAppender extends AutoCloseable {

  /** Opens connections to one and the same stream. */
  @FunctionalInterface
  interface Connector {
    /**
     * Connects, authenticates and prepares the stream.
     *
     * @throws JedisException if Redis is unreachable, loading, or refuses the credentials
     */
    VoteAppender connect();
  }

  /**
   * Sends all votes at once and completes each as its answer arrives. Returns normally when every
   * vote has its answer, even if some were refused.
   *
   * @return why this connection must not be used again (such as: its server has become a replica),
   *     or nothing if it works
   * @throws JedisException if the connection broke; votes without an answer stay incomplete
   */
  Optional<String> write(List<PendingVote> batch);

  /**
   * Checks that the server answers.
   *
   * @throws JedisException if it did not answer in time
   */
  void ping(Duration timeout);

  /** Closes the connection; never throws. */
  @Override
  void close();
}
