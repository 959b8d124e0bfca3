package dev.voting.local.programs.postgres;

import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Applies the logins of the mounted Secret to PostgreSQL: what logins.sh does in a pod. */
record PostgresLogins(Path scripts, Path secrets, PostgresConnector connector) {

  private static final String OWNER = "POSTGRES_PASSWORD";
  private static final String CONNECTIONS = "connections.sql";

  static PostgresLogins of(Launch launch, PostgresOwners owners) throws IOException {
    return new PostgresLogins(
        launch.mounted("/etc/voting"),
        launch.mounted("/etc/voting-secrets"),
        PostgresConnector.of(launch, owners));
  }

  /** Enables exactly the logins that have a password now. */
  void apply() throws IOException, SQLException {
    Map<String, String> passwords = Secrets.all(secrets);
    try (Connection connection = connector.connect(Duration.ofSeconds(60));
        Statement statement = connection.createStatement()) {
      for (Map.Entry<String, String> secret : passwords.entrySet()) {
        if (secret.getKey().matches("POSTGRES_[A-Z_]*PASSWORD")) {
          set(connection, "voting." + secret.getKey(), secret.getValue());
        }
      }
      statement.execute(Files.readString(scripts.resolve("logins.sql")));
      statement.execute(connections());
    }
    if (passwords.containsKey(OWNER)) {
      connector.owners().know(connector.port(), passwords.get(OWNER));
    }
  }

  /** Everything whose change must be applied. */
  Map<String, String> wanted() throws IOException {
    Map<String, String> wanted = new TreeMap<>(Secrets.all(secrets));
    wanted.put(CONNECTIONS, connections());
    return wanted;
  }

  private String connections() throws IOException {
    return Files.readString(scripts.resolve(CONNECTIONS));
  }

  private static void set(Connection connection, String name, String value) throws SQLException {
    try (PreparedStatement setting =
        connection.prepareStatement("SELECT set_config(?, ?, false)")) {
      setting.setString(1, name);
      setting.setString(2, value);
      setting.execute();
    }
  }
}
