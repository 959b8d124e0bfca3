package dev.voting.consumer.pipeline;

import dev.voting.consumer.settings.FatalException;
import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.store.DatabaseFailure;
import dev.voting.consumer.store.Recorded;
import dev.voting.consumer.store.VoteDatabase;
import dev.voting.consumer.stream.Batch;
import dev.voting.consumer.stream.DeadLetter;
import dev.voting.consumer.stream.StreamId;
import dev.voting.consumer.stream.Vote;
import dev.voting.runtime.TlsErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records batches, each in one transaction, and retries without limit. */
final class Recorder {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

  /** How often the database is checked while it works and there is nothing to record. */
  private static final Duration IDLE_CHECK = Duration.ofSeconds(5);

  /** The least time between two looks for requests to forget, unless there are many. */
  private static final Duration FORGET = Duration.ofSeconds(1);

  private static final int MANY = 1_000;

  private final Settings settings;
  private final VoteDatabase store;
  private final Dependency database;
  private final BatchSize batchSize;
  private final ConsumerMetrics metrics;
  private final PollKeeper polls;
  private final BlockingQueue<Optional<Batch>> batches;
  private final BlockingQueue<Optional<Settled>> settled;
  private final Backoff backoff;

  private final Suspects suspects = new Suspects();
  private long nextForget = System.nanoTime();

  private final Deadline withoutSchema;
  private final Deadline withoutLogin;

  Recorder(
      Settings settings,
      VoteDatabase store,
      Dependency database,
      BatchSize batchSize,
      ConsumerMetrics metrics,
      PollKeeper polls,
      BlockingQueue<Optional<Batch>> batches,
      BlockingQueue<Optional<Settled>> settled) {
    this.settings = settings;
    this.store = store;
    this.database = database;
    this.batchSize = batchSize;
    this.metrics = metrics;
    this.polls = polls;
    this.batches = batches;
    this.settled = settled;
    this.backoff = new Backoff(settings.retryMax());
    this.withoutSchema = new Deadline(settings.schemaWait());
    this.withoutLogin = new Deadline(settings.loginWait());
  }

  /** Records until the end mark, which it hands on. */
  void run() throws InterruptedException {
    check();
    while (true) {
      Duration untilCheck = database.problem().isPresent() ? backoff.next() : IDLE_CHECK;
      if (database.problem().isEmpty()) {
        polls.keep();
        untilCheck = polls.pause().compareTo(untilCheck) < 0 ? polls.pause() : untilCheck;
      }
      Optional<Batch> batch = batches.poll(untilCheck.toMillis(), TimeUnit.MILLISECONDS);
      if (batch == null) {
        check();
      } else if (batch.isEmpty()) {
        settled.put(Optional.empty());
        return;
      } else {
        settled.put(Optional.of(settle(batch.get())));
        forgetRequests(batch.get());
      }
    }
  }

  /** Checks the database without a vote; whatever fails, votes are still read. */
  private void check() throws InterruptedException {
    try {
      store.check();
      if (!suspects.isDatabaseAtFault()) {
        works();
      }
    } catch (SQLException e) {
      handle(e);
    }
  }

  private Settled settle(Batch batch) throws InterruptedException {
    List<String> done = new ArrayList<>(batch.deleted());
    List<DeadLetter> dead = new ArrayList<>(batch.dead());
    record(batch.votes(), done, dead);
    return new Settled(done, dead, batch.run() && done.size() == batch.size());
  }

  private void record(List<Vote> votes, List<String> done, List<DeadLetter> dead)
      throws InterruptedException {
    while (!votes.isEmpty()) {
      // Fewer at a time after each failure: all of them may be more than the database can do now.
      List<Vote> part = votes.subList(0, Math.min(votes.size(), batchSize.most()));
      long start = System.nanoTime();
      try {
        Recorded recorded = store.record(part);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        suspects.recorded();
        works();
        batchSize.committed(part.size(), took);
        metrics.commit.record(took);
        sort(part, recorded, done, dead);
      } catch (SQLException e) {
        if (handle(e) != DatabaseFailure.BAD_DATA) {
          batchSize.failed();
          backoff.pause();
          continue;
        }
        if (part.size() > 1) {
          // Halve it until the refused vote is alone.
          part = part.subList(0, part.size() / 2);
          record(part, done, dead);
        } else if (!isVoteAtFault(part.getFirst(), dead)) {
          backoff.pause();
          continue;
        }
      }
      votes = votes.subList(part.size(), votes.size());
    }
  }

  /**
   * Finds out why a vote is refused: because of the vote, or of the database, which may lack a
   * partition or have a sequence that is behind or a new column without a default. The vote is at
   * fault only if the same vote without the client's own data is accepted, it is refused once more,
   * and another vote was recorded since its first refusal. Until then it stays pending, and is read
   * again.
   *
   * @return false if the database is at fault
   */
  private boolean isVoteAtFault(Vote vote, List<DeadLetter> dead) {
    try {
      store.dryRun(vote.plain());
    } catch (SQLException e) {
      if (handle(e) == DatabaseFailure.BAD_DATA) {
        database.lost("it refuses every vote: " + oneLine(e));
      }
      return false;
    }
    try {
      store.dryRun(vote);
      return false;
    } catch (SQLException e) {
      if (handle(e) != DatabaseFailure.BAD_DATA) {
        return false;
      }
      if (suspects.isProven(vote.entry().id())) {
        dead.add(new DeadLetter(vote.entry(), "refused: " + oneLine(e)));
      } else if (suspects.isDatabaseAtFault()) {
        database.lost("it refuses one vote after the other: " + oneLine(e));
      }
      return true;
    }
  }

  /** Keys are needed for a day; older ones are deleted bit by bit, after the votes. */
  private void forgetRequests(Batch batch) {
    if (System.nanoTime() - nextForget < 0
        || batch.votes().stream().allMatch(vote -> vote.event().requestId().isEmpty())) {
      return;
    }
    String oldest =
        batch.votes().stream()
            .map(vote -> vote.entry().id())
            .min(Comparator.comparing(StreamId::parse))
            .orElseThrow();
    try {
      long forgotten = store.forgetRequests(oldest);
      nextForget = System.nanoTime() + (forgotten < MANY ? FORGET.toNanos() : 0);
    } catch (SQLException e) {
      LOG.debug("no requests forgotten: {}", e.getMessage());
      nextForget = System.nanoTime() + FORGET.toNanos();
    }
  }

  private void sort(List<Vote> votes, Recorded recorded, List<String> done, List<DeadLetter> dead) {
    for (Vote vote : votes) {
      if (recorded.reusedIds().contains(vote.entry().id())) {
        dead.add(new DeadLetter(vote.entry(), "another vote was recorded with this id"));
      } else {
        done.add(vote.entry().id());
      }
    }
    metrics.batchSize.record(votes.size());
    metrics.processed.increment(recorded.recorded());
    metrics.repeatedRequests.increment(recorded.repeatedRequests());
    metrics.duplicates.increment(
        votes.size()
            - recorded.recorded()
            - recorded.repeatedRequests()
            - recorded.reusedIds().size()
            - recorded.late());
    metrics.late.increment(recorded.late());
    if (!recorded.reusedIds().isEmpty()) {
      LOG.warn(
          "{} new votes have ids of other votes: Redis lost data and its clock went back; they are"
              + " moved to the dead letters",
          recorded.reusedIds().size());
    }
  }

  private void works() {
    database.works();
    backoff.reset();
    withoutSchema.reset();
    withoutLogin.reset();
  }

  private DatabaseFailure handle(SQLException e) {
    DatabaseFailure failure = DatabaseFailure.of(e);
    switch (failure) {
      case REFUSED -> {
        if (withoutLogin.isOver()) {
          throw new FatalException(refusal(e), e);
        }
        database.lost(oneLine(e));
      }
      case NO_SCHEMA -> {
        if (withoutSchema.isOver()) {
          throw new FatalException(
              refusal(e) + " (is the schema applied? waited " + settings.schemaWait() + ")", e);
        }
        database.lost(oneLine(e));
      }
      case UNAVAILABLE -> database.lost(oneLine(e));
      case BAD_DATA -> LOG.debug("the database refuses a vote: {}", oneLine(e));
    }
    return failure;
  }

  private String refusal(SQLException e) {
    return "PostgreSQL at "
        + settings.database()
        + " refuses to serve, see DATABASE_URL: "
        + oneLine(e);
  }

  private static String oneLine(SQLException e) {
    return TlsErrors.describe(e)
        .orElseGet(() -> String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
  }
}
