package dev.voting.local.programs.postgres;

import dev.voting.local.programs.Launch;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/** Opens connections to the server of a pod as its owner. */
record PostgresConnector(int port, String database, String user, PostgresOwners owners) {
  private static final int PORT = 5432;

  static PostgresConnector of(Launch launch, PostgresOwners owners) throws IOException {
    Map<String, String> env = launch.env();
    String user = env.getOrDefault("POSTGRES_USER", "postgres");
    return new PostgresConnector(
        launch.ports().getOrDefault(PORT, PORT),
        env.getOrDefault("POSTGRES_DB", user),
        user,
        owners);
  }

  Connection connect(Duration timeout) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty(
        "password",
        owners
            .password(port)
            .orElseThrow(() -> new SQLException("the server has not started yet", "08001")));
    properties.setProperty("ApplicationName", "local-node");
    // Sends whole scripts unchanged, as psql does.
    properties.setProperty("preferQueryMode", "simple");
    String seconds = Long.toString(Math.max(1, timeout.toSeconds()));
    properties.setProperty("connectTimeout", seconds);
    properties.setProperty("socketTimeout", seconds);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
  }

  boolean answers(Duration timeout) {
    try (Connection connection = connect(timeout)) {
      return connection.isValid((int) timeout.toSeconds());
    } catch (SQLException e) {
      return false;
    }
  }
}
