package dev.voting.api;

import dev.voting.runtime.PollVote;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import redis.clients.jedis.resps.StreamEntry;

/** Declares polls and counts their votes in the database, as Jobs and consumers do. */
public final class TestCounter {
  private static final String DECLARE =
      "SELECT outcome, problem, seq, in_force FROM declare_poll(?, 'uid', ?, 0)";
  private static final String RECORD =
      "SELECT recorded, late FROM record_votes(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private final String database;
  private int generation;

  /**
   * A vote to be counted.
   *
   * @param id of its entry
   */
  public record Counted(String id, String option, PollVote poll, String nonce) {}

  public TestCounter(String database) {
    this.database = database;
  }

  /** Declares it in the database and puts it in force in Redis. */
  void declare(TestPoll poll, TestApi api) throws SQLException {
    try (Connection connection = TestServers.open(database);
        PreparedStatement declare = connection.prepareStatement(DECLARE)) {
      declare.setString(1, poll.json());
      declare.setLong(2, ++generation);
      try (ResultSet row = declare.executeQuery();
          var redis = api.redis()) {
        row.next();
        if (row.getString("problem") != null) {
          throw new IllegalStateException(row.getString("problem"));
        }
        redis.set(
            dev.voting.runtime.Streams.poll(api.stream()),
            "%020d%s".formatted(row.getLong("seq"), row.getString("in_force")));
      }
    }
  }

  /** Makes the round final, as it is when all of its votes are counted. */
  void finish(String round) throws SQLException {
    try (Connection connection = TestServers.open(database);
        PreparedStatement finish =
            connection.prepareStatement(
                "SELECT finish_round(?, (SELECT max(seq) FROM polls WHERE round = ?))")) {
      finish.setString(1, round);
      finish.setString(2, round);
      finish.execute();
    }
  }

  /** Counts all entries of the service's stream; those that are counted already change nothing. */
  void count(TestApi api) throws SQLException {
    count(api.entries().stream().map(TestCounter::vote).toList());
  }

  private static Counted vote(StreamEntry entry) {
    Map<String, String> fields = entry.getFields();
    return new Counted(
        entry.getID().toString(),
        fields.get("choice"),
        PollVote.of(fields.get("round"), fields.get("window"), fields.get("voter")).orElseThrow(),
        fields.get("nonce"));
  }

  /** Returns how many were late. */
  public long count(List<Counted> votes) throws SQLException {
    try (Connection connection = TestServers.open(database);
        PreparedStatement record = connection.prepareStatement(RECORD)) {
      record.setArray(1, text(connection, votes.stream().map(Counted::id).toList()));
      record.setArray(2, text(connection, votes.stream().map(Counted::option).toList()));
      record.setArray(3, numbers(connection, votes.stream().map(v -> 1L).toList()));
      List<String> none = new ArrayList<>();
      votes.forEach(vote -> none.add(null));
      for (int i = 4; i <= 6; i++) {
        record.setArray(i, text(connection, none));
      }
      record.setArray(7, text(connection, votes.stream().map(Counted::nonce).toList()));
      record.setArray(8, text(connection, votes.stream().map(v -> v.poll().round()).toList()));
      record.setArray(9, numbers(connection, orNull(votes, true)));
      record.setArray(10, numbers(connection, orNull(votes, false)));
      List<String> voters = new ArrayList<>();
      votes.forEach(vote -> voters.add(vote.poll().voter().orElse(null)));
      record.setArray(11, text(connection, voters));
      try (ResultSet row = record.executeQuery()) {
        row.next();
        return row.getLong("late");
      }
    }
  }

  private static List<Long> orNull(List<Counted> votes, boolean opens) {
    List<Long> all = new ArrayList<>();
    for (Counted vote : votes) {
      OptionalLong end = opens ? vote.poll().opens() : vote.poll().closes();
      all.add(end.isPresent() ? end.getAsLong() : null);
    }
    return all;
  }

  private static Array text(Connection connection, List<String> values) throws SQLException {
    return connection.createArrayOf("text", values.toArray());
  }

  private static Array numbers(Connection connection, List<Long> values) throws SQLException {
    return connection.createArrayOf("bigint", values.toArray());
  }
}
