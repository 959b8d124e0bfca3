package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Opens the one connection for queries and notifications. */
final class PostgresConnector implements ResultsSource.Connector {
  private final DataSource database;
  private final String listenSql = resource("listen.sql");
  private final String resultsSql = resource("results.sql");

  PostgresConnector(DataSource database) {
    this.database = database;
  }

  @Override
  public ResultsSource connect() throws SQLException {
    Connection connection = database.getConnection();
    try {
      return new PostgresResultsSource(connection, listenSql, resultsSql);
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
