package dev.voting.local.programs;

import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.process.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A real PostgreSQL in the place of its image, told what to do by the image's own variables. The
 * scripts mounted for a new database are run at every start, which is what the container's
 * postStart hook is for; they are idempotent.
 */
final class PostgresProgram implements Program {
  private static final String SCRIPTS = "/docker-entrypoint-initdb.d";
  private static final int PORT = 5432;

  private final Children children;

  PostgresProgram(Children children) {
    this.children = children;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    String user = launch.env().getOrDefault("POSTGRES_USER", "postgres");
    String password =
        Optional.ofNullable(launch.env().get("POSTGRES_PASSWORD"))
            .orElseThrow(() -> new IOException("POSTGRES_PASSWORD is not set"));
    String database = launch.env().getOrDefault("POSTGRES_DB", user);
    String data =
        Optional.ofNullable(launch.env().get("PGDATA"))
            .orElseThrow(() -> new IOException("PGDATA is not set"));
    try {
      PostgresServer server =
          PostgresServer.at(Path.of(data))
              .user(user)
              .password(password)
              .database(database)
              .port(launch.ports().getOrDefault(PORT, PORT))
              .log(launch.log())
              .start();
      children.adopt(server.handle(), launch.name());
      Connector connector = new Connector(server.port(), database, user, password);
      try {
        runScripts(launch, connector);
      } catch (IOException | SQLException e) {
        server.stop();
        throw new IOException("the scripts of " + SCRIPTS + " failed: " + e.getMessage(), e);
      }
      return new RunningServer(server, connector::answers);
    } catch (ServerException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void runScripts(Launch launch, Connector connector)
      throws IOException, SQLException {
    Optional<Path> directory = launch.mounts().resolve(SCRIPTS);
    if (directory.isEmpty()) {
      return;
    }
    List<Path> scripts;
    try (Stream<Path> files = Files.list(directory.get())) {
      scripts = files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
    try (Connection connection = connector.connect(Duration.ofSeconds(60));
        Statement statement = connection.createStatement()) {
      for (Path script : scripts) {
        statement.execute(Files.readString(script));
      }
    }
  }

  /** Opens connections to the server as its superuser. */
  private record Connector(int port, String database, String user, String password) {
    Connection connect(Duration timeout) throws SQLException {
      Properties properties = new Properties();
      properties.setProperty("user", user);
      properties.setProperty("password", password);
      properties.setProperty("ApplicationName", "local-node");
      // Whole scripts are sent as they are, as psql would.
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
}
