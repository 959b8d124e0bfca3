package dev.voting.local.programs.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.voting.local.programs.DataPods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is let in by a real PostgreSQL, as its mounted Secret changes. */
class PostgresLoginsIT {
  private DataPods pods;

  @BeforeEach
  void start() throws IOException {
    pods = new DataPods();
    pods.secret("POSTGRES_USER", "voting");
    pods.secret("POSTGRES_PASSWORD", "owner");
    pods.secret("POSTGRES_API_PASSWORD", "it's \"a\" \\ $(secret)\n");
    pods.secret("POSTGRES_CONSUMER_PASSWORD", "c");
    pods.startPostgres();
  }

  @AfterEach
  void stop() throws IOException {
    pods.close();
  }

  @Test
  void aChangedSecretTakesEffectWithNoRestart() throws IOException, SQLException {
    refused("voting_api_b", "");
    refused("voting_api", "c");
    try (Connection first = connect("voting_api", "it's \"a\" \\ $(secret)")) {
      pods.secret("POSTGRES_API_B_PASSWORD", "b");
      awaitLogin("voting_api_b", "b");
      // New and old side by side, and nobody is disconnected.
      assertThat(first.isValid(5)).isTrue();
      try (Connection second = connect("voting_api_b", "b")) {
        pods.secret("POSTGRES_API_PASSWORD", null);
        await().atMost(Duration.ofSeconds(10)).until(() -> !first.isValid(5));
        refused("voting_api", "it's \"a\" \\ $(secret)");
        assertThat(second.isValid(5)).isTrue();
      }
    }
    pods.secret("POSTGRES_PASSWORD", "another owner");
    awaitLogin("voting", "another owner");
    refused("voting", "owner");
    // The owner's new password is what the next change is made with.
    pods.secret("POSTGRES_CONSUMER_PASSWORD", "d");
    awaitLogin("voting_consumer", "d");
    refused("voting_consumer", "c");
  }

  @Test
  void changedReplicasMoveTheLimitsWithNoRestart() throws IOException, SQLException {
    assertThat(limit("voting_consumer")).isEqualTo(12);
    Path file = pods.mounted("/etc/voting").resolve("connections.sql");
    Files.writeString(
        file,
        Files.readString(file)
            .replaceAll("(voting_consumer\\w*) .* 12;", "$1 CONNECTION LIMIT 42;"));
    await().atMost(Duration.ofSeconds(10)).until(() -> limit("voting_consumer") == 42);
    assertThat(limit("voting_api")).isEqualTo(12);
  }

  private int limit(String role) throws SQLException {
    try (Connection connection = connect("voting", "owner");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT rolconnlimit FROM pg_roles WHERE rolname = '" + role + "'")) {
      row.next();
      return row.getInt(1);
    }
  }

  private void awaitLogin(String user, String password) {
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(
            () -> {
              try (Connection connection = connect(user, password)) {
                return connection.isValid(5);
              }
            });
  }

  private void refused(String user, String password) {
    assertThatThrownBy(() -> connect(user, password).close())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isIn("28P01", "28000", "08004"));
  }

  private Connection connect(String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + pods.postgresPort + "/votes", user, password);
  }
}
