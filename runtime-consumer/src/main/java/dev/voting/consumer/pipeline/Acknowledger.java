package dev.voting.consumer.pipeline;

import dev.voting.consumer.stream.DeadLetter;
import dev.voting.consumer.stream.RedisFailure;
import dev.voting.consumer.stream.VoteStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/** Acknowledges entries in Redis, after they are committed and never before. */
final class Acknowledger {
  private static final Logger LOG = LoggerFactory.getLogger(Acknowledger.class);

  private final VoteStream stream;
  private final RedisRetry retry;
  private final ConsumerMetrics metrics;
  private final InFlight inFlight;
  private final BlockingQueue<Optional<Settled>> settled;

  Acknowledger(
      VoteStream stream,
      RedisRetry retry,
      ConsumerMetrics metrics,
      InFlight inFlight,
      BlockingQueue<Optional<Settled>> settled) {
    this.stream = stream;
    this.retry = retry;
    this.metrics = metrics;
    this.inFlight = inFlight;
    this.settled = settled;
  }

  /** Acknowledges until the end mark. */
  void run() throws InterruptedException {
    for (Optional<Settled> next = settled.take(); next.isPresent(); next = settled.take()) {
      Settled batch = next.get();
      if (!batch.done().isEmpty()) {
        untilDone(() -> stream.acknowledge(batch.done(), batch.run()));
      }
      if (!batch.dead().isEmpty()) {
        deadLetter(batch.dead());
      }
      inFlight.done();
    }
  }

  private void deadLetter(List<DeadLetter> dead) throws InterruptedException {
    long before = (long) metrics.dead.count();
    for (DeadLetter entry : dead) {
      untilDone(() -> deadLetter(entry));
    }
    LOG.warn(
        "moved {} of {} entries to the dead letters; the first is {}: {}",
        (long) metrics.dead.count() - before,
        dead.size(),
        dead.getFirst().entry().id(),
        dead.getFirst().reason());
  }

  private void deadLetter(DeadLetter dead) {
    try {
      if (stream.deadLetter(dead)) {
        metrics.dead.increment();
      }
    } catch (JedisException e) {
      if (RedisFailure.of(e) != RedisFailure.FULL) {
        throw e;
      }
      // Waiting here would keep us from freeing memory. It stays pending and is claimed again
      // later.
      LOG.debug(
          "Redis is full, the dead letter {} stays pending: {}", dead.entry().id(), e.getMessage());
    }
  }

  private void untilDone(Runnable command) throws InterruptedException {
    while (true) {
      try {
        command.run();
        retry.works();
        return;
      } catch (JedisException e) {
        if (RedisFailure.of(e) == RedisFailure.NO_GROUP) {
          // Nothing is pending in a group that was deleted.
          return;
        }
        retry.failed(e);
      }
    }
  }
}
