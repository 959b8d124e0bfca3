package dev.voting.consumer.store;

import dev.voting.consumer.store.DeclaredPoll.InForce;
import dev.voting.consumer.store.DeclaredPoll.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The polls in the database. For the thread of its {@link VoteDatabase}. */
public final class PollDatabase {
  private final DatabasePool pool;
  private final String declare = VoteDatabase.sql("declare-poll.sql");
  private final String duties = VoteDatabase.sql("poll-duties.sql");

  PollDatabase(DatabasePool pool) {
    this.pool = pool;
  }

  /**
   * Puts a definition in force, or says why not. Repeating it changes nothing.
   *
   * @param definition its JSON
   * @param source which VotingApp declares it
   * @param generation of the VotingApp's spec
   * @param known number of the definition in Redis, 0 without one
   */
  public DeclaredPoll declare(String definition, String source, long generation, long known)
      throws SQLException {
    try (Connection connection = pool.borrow();
        PreparedStatement statement = connection.prepareStatement(declare)) {
      statement.setString(1, definition);
      statement.setString(2, source);
      statement.setLong(3, generation);
      statement.setLong(4, known);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new DeclaredPoll(
            Outcome.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
            Optional.ofNullable(row.getString(2)),
            row.getString(3) == null ? Optional.empty() : Optional.of(inForce(row)));
      }
    }
  }

  private static InForce inForce(ResultSet row) throws SQLException {
    return new InForce(
        row.getString(3),
        row.getInt(4),
        row.getLong(5),
        Optional.ofNullable(row.getString(6)),
        Optional.ofNullable(row.getString(7)),
        row.getBoolean(8),
        row.getString(9));
  }

  /** The poll in force first, then those that are to become final; none without any poll. */
  public List<PollDuty> duties() throws SQLException {
    List<PollDuty> all = new ArrayList<>();
    try (Connection connection = pool.borrow();
        PreparedStatement statement = connection.prepareStatement(duties);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        long closesMs = rows.getLong(3);
        OptionalLong closes = rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(closesMs);
        all.add(
            new PollDuty(
                rows.getString(1),
                rows.getLong(2),
                closes,
                Optional.ofNullable(rows.getString(4))));
      }
    }
    return all;
  }

  /** Makes a round final. False if it was declared again meanwhile. */
  public boolean finish(String round, long seq) throws SQLException {
    try (Connection connection = pool.borrow();
        PreparedStatement statement = connection.prepareStatement("SELECT finish_round(?, ?)")) {
      statement.setString(1, round);
      statement.setLong(2, seq);
      return isTrue(statement);
    }
  }

  /**
   * Takes the poll in force from Redis, if the database does not know of its number: it was
   * restored from a backup.
   *
   * @param document what Redis has
   */
  public boolean restore(String document, long seq) throws SQLException {
    try (Connection connection = pool.borrow();
        PreparedStatement statement = connection.prepareStatement("SELECT restore_poll(?, ?)")) {
      statement.setString(1, document);
      statement.setLong(2, seq);
      return isTrue(statement);
    }
  }

  private static boolean isTrue(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
