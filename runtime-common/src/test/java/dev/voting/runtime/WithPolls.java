package dev.voting.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.servers.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the SQL of polls in a real PostgreSQL, whose tables are empty before each. */
abstract class WithPolls {
  private static PostgresServer server;
  Connection connection;

  @BeforeAll
  static void startServer(@TempDir Path folder) throws IOException, SQLException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    server = PostgresServer.at(folder.resolve("data")).fast().database("votes").start();
    try (Connection owner = connect()) {
      Schema.apply(owner);
    }
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void open() throws SQLException {
    connection = connect();
    clear();
  }

  void clear() throws SQLException {
    execute(
        "TRUNCATE polls, round_votes, ballots, vote_events, vote_requests, vote_repeats;"
            + "UPDATE votes SET count = 0; ALTER SEQUENCE poll_numbers RESTART");
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/votes", "postgres", "postgres");
  }

  /**
   * A vote as the consumer hands it on; null is what it does not have.
   *
   * @param key its Idempotency-Key
   */
  record Ballot(
      String id, String round, String option, Long opens, Long closes, String voter, String key) {

    static Ballot of(String id, String option) {
      return new Ballot(id, "1", option, null, null, null, null);
    }

    static Ballot plain(String id, String option) {
      return of(id, option).in("");
    }

    Ballot by(String someone) {
      return new Ballot(id, round, option, opens, closes, someone, key);
    }

    Ballot in(String another) {
      return new Ballot(id, another, option, opens, closes, voter, key);
    }

    Ballot between(Long from, Long to) {
      return new Ballot(id, round, option, from, to, voter, key);
    }

    Ballot with(String request) {
      return new Ballot(id, round, option, opens, closes, voter, request);
    }
  }

  /** {@code (recorded,repeated_requests,reused_ids,late)}. */
  String record(Ballot... ballots) throws SQLException {
    return record(connection, List.of(ballots));
  }

  static String record(Connection on, List<Ballot> ballots) throws SQLException {
    try (PreparedStatement call =
        on.prepareStatement(
            "SELECT r::TEXT FROM record_votes(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS r")) {
      Array none = texts(on, ballots, ballot -> null);
      call.setArray(1, texts(on, ballots, Ballot::id));
      call.setArray(2, texts(on, ballots, Ballot::option));
      call.setArray(3, numbers(on, ballots, ballot -> 7L));
      call.setArray(4, none);
      call.setArray(5, none);
      call.setArray(6, texts(on, ballots, Ballot::key));
      call.setArray(7, none);
      call.setArray(8, texts(on, ballots, Ballot::round));
      call.setArray(9, numbers(on, ballots, Ballot::opens));
      call.setArray(10, numbers(on, ballots, Ballot::closes));
      call.setArray(11, texts(on, ballots, Ballot::voter));
      try (ResultSet row = call.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static Array texts(Connection on, List<Ballot> rows, Function<Ballot, String> column)
      throws SQLException {
    return on.createArrayOf("text", rows.stream().map(column).toArray(String[]::new));
  }

  private static Array numbers(Connection on, List<Ballot> rows, Function<Ballot, Long> column)
      throws SQLException {
    return on.createArrayOf("int8", rows.stream().map(column).toArray(Long[]::new));
  }

  /** A definition; options are {@code key=label}. */
  static String poll(String round, String more, String... options) {
    return "{\"title\":\"Lunch?\",\"options\":["
        + Arrays.stream(options)
            .map(option -> option.split("="))
            .map(option -> "{\"key\":\"%s\",\"label\":\"%s\"}".formatted(option[0], option[1]))
            .collect(Collectors.joining(","))
        + "],\"round\":\""
        + round
        + "\""
        + (more.isEmpty() ? "" : "," + more)
        + "}";
  }

  static final String BALLOTS_LAST =
      "\"results\":\"Live\",\"ballots\":{\"per\":\"Browser\",\"changeable\":true}";
  static final String BALLOTS_FIRST =
      "\"results\":\"Live\",\"ballots\":{\"per\":\"Browser\",\"changeable\":false}";

  /** Declares it, which has to succeed. */
  void inForce(String definition) throws SQLException {
    assertThat(declare(definition, "app", 1, 0)).startsWith("declared");
  }

  /** {@code outcome: problem}, and what is in force then: {@code round.revision#seq}. */
  String declare(String definition, String source, long generation, long known)
      throws SQLException {
    return query(
        "SELECT outcome || coalesce(': ' || problem, '') || '; ' || round || '.' || revision || '#' || seq"
            + " FROM declare_poll('%s', '%s', %d, %d)"
                .formatted(definition.replace("'", "''"), source, generation, known));
  }

  /** {@code option=count …} of a round. */
  String totals(String round) throws SQLException {
    return query(
        "SELECT string_agg(option || '=' || coalesce(count::TEXT, '?'), ' ' ORDER BY option)"
            + " FROM get_poll_results('"
            + round
            + "')");
  }

  String plainTotals() throws SQLException {
    return query("SELECT string_agg(option || '=' || count, ' ' ORDER BY option) FROM votes");
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : null;
    }
  }
}
