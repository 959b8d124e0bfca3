package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.api.poll.CurrentPoll;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Opens the one connection for queries and notifications. */
final class PostgresConnector implements ResultsSource.Connector {
  private final DataSource database;
  private final Opening opening;

  /** Makes a source of a connection. */
  private interface Opening {
    ResultsSource open(Connection connection) throws SQLException;
  }

  private PostgresConnector(DataSource database, Opening opening) {
    this.database = database;
    this.opening = opening;
  }

  static PostgresConnector catsAndDogs(DataSource database) {
    String listen = resource("listen.sql");
    String results = resource("results.sql");
    return new PostgresConnector(
        database, connection -> new PostgresResultsSource(connection, listen, results));
  }

  static PostgresConnector poll(DataSource database, Rounds rounds, CurrentPoll current) {
    String listen = resource("listen-polls.sql");
    String results = resource("poll-results.sql");
    return new PostgresConnector(
        database,
        connection -> new PostgresPollSource(connection, listen, results, rounds, current));
  }

  @Override
  public ResultsSource connect() throws SQLException {
    Connection connection = database.getConnection();
    try {
      return opening.open(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static String resource(String name) {
    try (InputStream in = PostgresConnector.class.getResourceAsStream("/dev/voting/api/" + name)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("this jar is damaged: " + name, e);
    }
  }
}
