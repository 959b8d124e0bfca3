package dev.voting.consumer.pipeline;

import dev.voting.consumer.store.DatabaseFailure;
import dev.voting.consumer.store.PollDuty;
import dev.voting.consumer.store.Recorded;
import dev.voting.consumer.store.VoteDatabase;
import dev.voting.consumer.stream.Misjudged;
import dev.voting.consumer.stream.PollStream;
import dev.voting.consumer.stream.PollStream.Closed;
import dev.voting.consumer.stream.StreamEntry;
import dev.voting.consumer.stream.StreamId;
import dev.voting.consumer.stream.Vote;
import dev.voting.consumer.stream.VoteStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What a consumer does for polls between two batches: it keeps the poll in force in Redis, where it
 * fences off votes of older definitions, and makes rounds final that are closed and counted. Any
 * number of consumers may do so at once. Whatever fails is done the next time.
 */
final class PollKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(PollKeeper.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** While there is no poll, or a server is unavailable. */
  private static final Duration LONG_PAUSE = Duration.ofSeconds(5);

  private static final Duration BETWEEN_LOOKS_FOR_DEAD_LETTERS = Duration.ofMinutes(1);
  private static final int PAGE = 500;

  /**
   * With {@code appendfsync everysec} a power failure could take back that a round is closed, so it
   * is final only after Redis has written that.
   */
  private static final Duration UNTIL_WRITTEN = Duration.ofSeconds(2);

  private final PollStream stream;
  private final VoteDatabase store;
  private final ConsumerMetrics metrics;
  private final Duration normalPause;
  private final Duration untilWritten;
  private final Map<Round, End> ends = new HashMap<>();
  private long next = System.nanoTime();
  private long nextLook = System.nanoTime();
  private String lookedTo = VoteStream.START;

  PollKeeper(PollStream stream, VoteDatabase store, ConsumerMetrics metrics) {
    this(stream, store, metrics, PAUSE, UNTIL_WRITTEN);
  }

  PollKeeper(
      PollStream stream,
      VoteDatabase store,
      ConsumerMetrics metrics,
      Duration normalPause,
      Duration untilWritten) {
    this.stream = stream;
    this.store = store;
    this.metrics = metrics;
    this.normalPause = normalPause;
    this.untilWritten = untilWritten;
  }

  private record Round(String name, long seq) {}

  /** The stream's last id when a round was seen to be closed: all its votes are up to there. */
  private record End(StreamId last, long seen) {}

  /** How long there is nothing to do. */
  Duration pause() {
    return Duration.ofNanos(Math.max(0, next - System.nanoTime()));
  }

  /** Does what there is to do, if it is time. */
  void keep() {
    if (System.nanoTime() - next < 0) {
      return;
    }
    Duration pause = LONG_PAUSE;
    try {
      List<PollDuty> duties = store.polls().duties();
      if (isInRedis(duties)) {
        if (System.nanoTime() - nextLook >= 0) {
          takeBack();
        }
        finish(duties);
      }
      pause = duties.isEmpty() ? LONG_PAUSE : normalPause;
    } catch (SQLException | JedisException e) {
      // The other threads, and the recorder itself, report what is unavailable.
      LOG.debug("polls are not looked after: {}", e.getMessage());
      lookedTo = VoteStream.START;
    }
    next = System.nanoTime() + pause.toNanos();
  }

  /** Has Redis and the database agree on the poll in force. True if there is one, in both. */
  private boolean isInRedis(List<PollDuty> duties) throws SQLException {
    long known = stream.number();
    long seq = duties.isEmpty() ? 0 : duties.getFirst().seq();
    if (known > seq) {
      // Maybe it was declared a moment ago; else the database was restored from a backup.
      Optional<String> document = stream.document();
      if (document.isPresent() && store.polls().restore(document.get(), known)) {
        LOG.warn(
            "the database did not know the poll in force, number {}: took it from Redis", known);
      }
      return false;
    }
    if (known < seq && stream.put(seq, duties.getFirst().inForce().orElseThrow())) {
      LOG.info("put the poll in force, number {}, into Redis", seq);
    }
    return seq > 0;
  }

  private void finish(List<PollDuty> duties) throws SQLException {
    ends.keySet().retainAll(duties.stream().map(PollKeeper::round).toList());
    for (PollDuty duty : duties) {
      if (duty.closes().isPresent()
          && isDrained(duty, duty.closes().getAsLong())
          && takeBack() == 0
          && store.polls().finish(duty.round(), duty.seq())) {
        metrics.roundsFinished.increment();
        LOG.info("round {} is closed and counted, and final now", duty.round());
      }
    }
  }

  private boolean isDrained(PollDuty duty, long closes) {
    Optional<Closed> closed = stream.closed(duty.seq(), closes);
    if (closed.isEmpty()) {
      ends.remove(round(duty));
      return false;
    }
    End end =
        ends.computeIfAbsent(round(duty), round -> new End(closed.get().last(), System.nanoTime()));
    return closed.get().oldest().filter(oldest -> oldest.compareTo(end.last()) <= 0).isEmpty()
        && System.nanoTime() - end.seen() >= untilWritten.toNanos();
  }

  private static Round round(PollDuty duty) {
    return new Round(duty.round(), duty.seq());
  }

  /**
   * Counts the votes of polls that a consumer of an older version, which may still run, moved to
   * the dead letters. Returns how many dead letters were votes.
   */
  private int takeBack() throws SQLException {
    int taken = 0;
    List<StreamEntry> page = stream.deadLetters(lookedTo, PAGE);
    while (!page.isEmpty()) {
      Map<String, Vote> votes = new LinkedHashMap<>();
      page.forEach(dead -> Misjudged.vote(dead).ifPresent(vote -> votes.put(dead.id(), vote)));
      List<String> counted = count(votes);
      if (!counted.isEmpty()) {
        stream.deleteDeadLetters(counted);
        taken += counted.size();
      }
      lookedTo = page.getLast().id();
      page = stream.deadLetters(lookedTo, PAGE);
    }
    nextLook = System.nanoTime() + BETWEEN_LOOKS_FOR_DEAD_LETTERS.toNanos();
    if (taken > 0) {
      LOG.warn("took {} votes back that an older consumer had moved to the dead letters", taken);
    }
    return taken;
  }

  /** Which of them are recorded, by the ids of their dead letters. */
  private List<String> count(Map<String, Vote> votes) throws SQLException {
    List<String> counted = new ArrayList<>();
    if (votes.isEmpty()) {
      return counted;
    }
    try {
      Recorded recorded = store.record(List.copyOf(votes.values()));
      metrics.takenBack.increment(recorded.recorded());
      votes.forEach(
          (dead, vote) -> {
            if (!recorded.reusedIds().contains(vote.entry().id())) {
              counted.add(dead);
            }
          });
    } catch (SQLException e) {
      if (DatabaseFailure.of(e) != DatabaseFailure.BAD_DATA) {
        throw e;
      }
      // One of them is refused, and stays where it is.
      if (votes.size() > 1) {
        for (Map.Entry<String, Vote> one : votes.entrySet()) {
          counted.addAll(count(Map.of(one.getKey(), one.getValue())));
        }
      }
    }
    return counted;
  }
}
