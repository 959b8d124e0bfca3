package dev.voting.consumer.pipeline;

import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.stream.Batch;
import dev.voting.consumer.stream.RedisFailure;
import dev.voting.consumer.stream.StreamEntry;
import dev.voting.consumer.stream.StreamId;
import dev.voting.consumer.stream.VoteStream;
import dev.voting.consumer.stream.VoteStream.Claimed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Reads entries in batches: first this consumer's own pending ones, then new ones, and from time to
 * time those that another consumer has left pending.
 */
final class Reader {
  private static final Logger LOG = LoggerFactory.getLogger(Reader.class);
  private static final Duration WAIT_FOR_NEW = Duration.ofMillis(500);

  /**
   * The least time from one read to the next while there are too few votes to fill a batch. Each
   * batch costs a commit, and a notification of every API, which must not come without a pause.
   */
  private static final Duration PACE = Duration.ofMillis(4);

  private final Settings settings;
  private final VoteStream stream;
  private final RedisRetry retry;
  private final BatchSize batchSize;
  private final ConsumerMetrics metrics;
  private final InFlight inFlight;
  private final BlockingQueue<Optional<Batch>> batches;
  private final BooleanSupplier stopping;

  /** Where to continue with our own pending entries; null once all of them are in flight. */
  private String ownPending = VoteStream.START;

  private String claimFrom = VoteStream.START;
  private long nextClaim = System.nanoTime();
  private String lastNewId = VoteStream.START;

  Reader(
      Settings settings,
      VoteStream stream,
      RedisRetry retry,
      BatchSize batchSize,
      ConsumerMetrics metrics,
      InFlight inFlight,
      BlockingQueue<Optional<Batch>> batches,
      BooleanSupplier stopping) {
    this.settings = settings;
    this.stream = stream;
    this.retry = retry;
    this.batchSize = batchSize;
    this.metrics = metrics;
    this.inFlight = inFlight;
    this.batches = batches;
    this.stopping = stopping;
  }

  /** Reads until it is stopped, then hands on an empty end mark. */
  void run() throws InterruptedException {
    while (!stopping.getAsBoolean()) {
      try {
        readOn();
      } catch (JedisException e) {
        if (RedisFailure.of(e) == RedisFailure.NO_GROUP) {
          createGroup();
        } else {
          retry.failed(e);
        }
        startOver();
      }
    }
    batches.put(Optional.empty());
  }

  private void readOn() throws InterruptedException {
    if (ownPending != null) {
      List<StreamEntry> entries = stream.readPending(ownPending, batchSize.next());
      ownPending = entries.isEmpty() ? null : entries.getLast().id();
      handOn(entries, false);
    } else if (System.nanoTime() - nextClaim >= 0) {
      claim();
    } else {
      int most = batchSize.next();
      List<StreamEntry> entries = stream.readNew(most, WAIT_FOR_NEW);
      long read = System.nanoTime();
      watchIds(entries);
      handOn(entries, true);
      if (!entries.isEmpty() && entries.size() < most) {
        TimeUnit.NANOSECONDS.sleep(PACE.toNanos() - (System.nanoTime() - read));
      }
    }
  }

  private void claim() throws InterruptedException {
    Set<String> inFlight = this.inFlight.ids();
    Claimed claimed = stream.claim(claimFrom, batchSize.next());
    claimFrom = claimed.next();
    if (claimFrom.equals(VoteStream.START)) {
      nextClaim = System.nanoTime() + settings.claimIdle().dividedBy(2).toNanos();
    }
    // Redis returns our own too, if the database takes long.
    List<StreamEntry> leftBehind =
        claimed.entries().stream().filter(entry -> !inFlight.contains(entry.id())).toList();
    if (!leftBehind.isEmpty()) {
      LOG.info("took over {} entries of other consumers", leftBehind.size());
      metrics.claimed.increment(leftBehind.size());
    }
    lost(claimed.lost());
    handOn(leftBehind, false);
    if (claimed.unnamed()) {
      startOver();
    }
  }

  private void handOn(List<StreamEntry> entries, boolean run) throws InterruptedException {
    retry.works();
    if (!entries.isEmpty()) {
      batchSize.read(entries.size(), entries.stream().mapToLong(StreamEntry::bytes).sum());
      Batch batch = Batch.of(entries, run);
      lost(batch.deleted());
      inFlight.add(batch);
      batches.put(Optional.of(batch));
    }
  }

  /**
   * Somebody deleted entries that were read and not acknowledged: the only thing left is to report
   * them.
   */
  private void lost(List<String> ids) {
    if (!ids.isEmpty()) {
      metrics.lost.increment(ids.size());
      LOG.error(
          "{} entries were deleted from the stream '{}' before they were acknowledged; votes among"
              + " them are lost, unless a consumer recorded them just before it ended: {}",
          ids.size(),
          settings.stream(),
          String.join(" ", ids));
      try {
        stream.noteLost(ids.size());
      } catch (JedisException e) {
        // Redis is full, or the login lacks the right yet: the log and the metric have it.
        LOG.debug("not noted in Redis: {}", e.getMessage());
      }
    }
  }

  /**
   * An answer may have been lost, with entries that Redis has delivered to us: read our pending
   * entries again, once those in flight are no longer among them.
   */
  private void startOver() throws InterruptedException {
    inFlight.awaitNone();
    ownPending = VoteStream.START;
  }

  private void createGroup() throws InterruptedException {
    try {
      if (stream.createGroup()) {
        metrics.groupsCreated.increment();
        LOG.info(
            "created the group '{}' of the stream '{}', from the stream's beginning",
            settings.group(),
            settings.stream());
      }
      retry.works();
    } catch (JedisException e) {
      retry.failed(e);
    }
  }

  /** Ids only run backwards if Redis lost data or the group was re-created: log that. */
  private void watchIds(List<StreamEntry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    StreamId first = StreamId.parse(entries.getFirst().id());
    if (first.compareTo(StreamId.parse(lastNewId)) <= 0) {
      metrics.idsBackwards.increment();
      LOG.warn(
          "the stream went back from id {} to {}: Redis lost data or the group was re-created; votes"
              + " recorded before are not counted again",
          lastNewId,
          entries.getFirst().id());
    }
    lastNewId = entries.getLast().id();
  }
}
