package dev.voting.consumer.pipeline;

import dev.voting.consumer.stream.VoteStream;
import dev.voting.consumer.stream.VoteStream.Backlog;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/** Measures the backlog, and removes what nobody needs any more. Never urgent. */
final class Housekeeper {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeper.class);
  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final Duration SILENCE = Duration.ofHours(1);
  private static final int ROUNDS_BETWEEN_LEAVES = 600;

  private final VoteStream stream;
  private final ConsumerMetrics metrics;

  Housekeeper(VoteStream stream, ConsumerMetrics metrics) {
    this.stream = stream;
    this.metrics = metrics;
  }

  /** Works until interrupted. */
  void run() throws InterruptedException {
    for (long round = 1; ; round++) {
      try {
        Backlog backlog = stream.backlog();
        metrics.backlog(backlog, System.currentTimeMillis());
        stream.trim();
        if (backlog.entries() > 0 && backlog.pending() == 0) {
          reread();
        }
        if (backlog.entries() == 0 && stream.resetIds()) {
          LOG.warn(
              "the stream had an entry with an id of the future; re-created it, so that ids follow the"
                  + " clock again");
        }
        if (round % ROUNDS_BETWEEN_LEAVES == 0) {
          // Every pod has its own name, so names would accumulate.
          stream.silentConsumers(SILENCE).forEach(stream::leave);
        }
      } catch (JedisException e) {
        // The other threads report that Redis is unavailable; the next round is soon.
        LOG.debug("no housekeeping: {}", e.getMessage());
      }
      Thread.sleep(ROUND);
    }
  }

  private void reread() {
    long entries = stream.reread();
    if (entries > 0) {
      LOG.warn(
          "{} entries were delivered and are not pending: the group was changed or another one"
              + " deleted; reading them again, recorded votes are not counted twice",
          entries);
    }
  }
}
