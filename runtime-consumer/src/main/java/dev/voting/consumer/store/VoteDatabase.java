package dev.voting.consumer.store;

import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.stream.Vote;
import dev.voting.runtime.PollVote;
import dev.voting.runtime.VoteEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.postgresql.PGConnection;

/**
 * The PostgreSQL database that records votes, over the one connection of a pool. For one thread.
 *
 * <p>Statements are prepared for each call: the driver keeps what the server prepared as long as
 * the connection lives.
 */
public final class VoteDatabase implements AutoCloseable {
  private static final Duration FORGET_FROM_START = Duration.ofHours(1);

  private final DatabasePool pool;
  private final PollDatabase polls;
  private final String recordBatch = sql("record-batch.sql");
  private final String recordPolls = sql("record-polls.sql");
  private final String forgetRequests = sql("forget-requests.sql");

  /** Requests from before were forgotten; null where that is not known. */
  private OffsetDateTime forgottenTo;

  private long forgetFromStart = System.nanoTime();

  /**
   * @param registry gets the metrics of the pool
   */
  public VoteDatabase(Settings settings, MeterRegistry registry) {
    this.pool = new DatabasePool(settings, registry);
    this.polls = new PollDatabase(pool);
  }

  /** What it holds of polls, over the same connection. */
  public PollDatabase polls() {
    return polls;
  }

  /**
   * Records votes in one transaction, which is one round trip. After a failure it is unclear
   * whether it was committed; repeating it is always right.
   */
  public Recorded record(List<Vote> votes) throws SQLException {
    try (Connection connection = pool.borrow()) {
      return call(connection, votes);
    }
  }

  /** Records a vote and rolls back, as the pool does after a failure. Fails as {@link #record}. */
  public void dryRun(Vote vote) throws SQLException {
    try (Connection connection = pool.borrow()) {
      connection.setAutoCommit(false);
      call(connection, List.of(vote));
      connection.rollback();
    }
  }

  /**
   * Forgets requests whose window is over, some thousands at most.
   *
   * @param oldest id of the oldest vote that was just recorded
   * @return how many
   */
  public long forgetRequests(String oldest) throws SQLException {
    // Those of votes that were recorded late are found from the beginning on.
    if (System.nanoTime() - forgetFromStart >= 0) {
      forgottenTo = null;
      forgetFromStart = System.nanoTime() + FORGET_FROM_START.toNanos();
    }
    try (Connection connection = pool.borrow();
        PreparedStatement forget = connection.prepareStatement(forgetRequests)) {
      forget.setObject(1, forgottenTo, Types.TIMESTAMP_WITH_TIMEZONE);
      forget.setString(2, oldest);
      try (ResultSet row = forget.executeQuery()) {
        row.next();
        forgottenTo = row.getObject(2, OffsetDateTime.class);
        return row.getLong(1);
      }
    }
  }

  /** Without a vote of a poll exactly as before there were any. */
  private Recorded call(Connection connection, List<Vote> votes) throws SQLException {
    boolean withPolls = votes.stream().anyMatch(vote -> vote.event().poll().isPresent());
    long[] timestamps = new long[votes.size()];
    for (int i = 0; i < timestamps.length; i++) {
      timestamps[i] = votes.get(i).event().timestamp();
    }
    PGConnection arrays = connection.unwrap(PGConnection.class);
    try (PreparedStatement statement =
        connection.prepareStatement(withPolls ? recordPolls : recordBatch)) {
      statement.setArray(1, texts(connection, votes, vote -> vote.entry().id()));
      statement.setArray(2, texts(connection, votes, vote -> vote.event().option()));
      statement.setArray(3, arrays.createArrayOf("int8", timestamps));
      statement.setArray(4, optionals(connection, votes, VoteEvent::sourceIp));
      statement.setArray(5, optionals(connection, votes, VoteEvent::userAgent));
      statement.setArray(6, optionals(connection, votes, VoteEvent::requestId));
      statement.setArray(7, optionals(connection, votes, VoteEvent::nonce));
      if (withPolls) {
        statement.setArray(8, texts(connection, votes, vote -> ofPoll(vote, PollVote::round, "")));
        statement.setArray(9, times(connection, votes, PollVote::opens));
        statement.setArray(10, times(connection, votes, PollVote::closes));
        statement.setArray(
            11,
            texts(
                connection, votes, vote -> ofPoll(vote, poll -> poll.voter().orElse(null), null)));
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Recorded(
            row.getLong(1),
            row.getLong(2),
            Set.of((String[]) row.getArray(3).getArray()),
            withPolls ? row.getLong(4) : 0);
      }
    }
  }

  /**
   * Checks that the database accepts votes now: that it is reachable and writable, and has the
   * schema.
   */
  public void check() throws SQLException {
    record(List.of());
  }

  private static Array texts(Connection connection, List<Vote> votes, Function<Vote, String> column)
      throws SQLException {
    return connection.createArrayOf("text", votes.stream().map(column).toArray(String[]::new));
  }

  private static Array optionals(
      Connection connection, List<Vote> votes, Function<VoteEvent, Optional<String>> column)
      throws SQLException {
    return texts(connection, votes, vote -> column.apply(vote.event()).orElse(null));
  }

  private static String ofPoll(Vote vote, Function<PollVote, String> column, String otherwise) {
    return vote.event().poll().isPresent() ? column.apply(vote.event().poll().get()) : otherwise;
  }

  /** Of late votes only: the database need not look at the others, which saves a tenth. */
  private static Array times(
      Connection connection, List<Vote> votes, Function<PollVote, OptionalLong> column)
      throws SQLException {
    return connection.createArrayOf(
        "int8",
        votes.stream()
            .map(vote -> vote.event().poll().filter(poll -> !poll.holds(vote.entry().id())))
            .map(late -> late.map(column).orElse(OptionalLong.empty()))
            .map(time -> time.isPresent() ? time.getAsLong() : null)
            .toArray(Long[]::new));
  }

  @Override
  public void close() {
    pool.close();
  }

  static String sql(String name) {
    try (InputStream in = VoteDatabase.class.getResourceAsStream("/dev/voting/consumer/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
