package dev.voting.servers.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.servers.process.BinaryCache;
import dev.voting.servers.process.FreePort;
import dev.voting.servers.process.ServerException;
import dev.voting.servers.process.UnprivilegedUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerIT {
  private static final String PASSWORD = "s3cret' @/";
  private static PostgresServer server;

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    server =
        PostgresServer.at(open(folder).resolve("data"))
            .user("voting")
            .password(PASSWORD)
            .database("votes")
            .setting("max_connections", "17")
            .fast()
            .start();
  }

  @BeforeEach
  void startAgain() {
    server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void hasTheUserTheDatabaseAndTheSettingsItWasAskedFor() throws SQLException {
    assertThat(query("SELECT current_database() || ' ' || current_user")).isEqualTo("votes voting");
    assertThat(query("SHOW max_connections")).isEqualTo("17");
    assertThat(query("SHOW server_version")).startsWith("15.");
    assertThat(query("SHOW server_encoding")).isEqualTo("UTF8");
  }

  @Test
  void refusesAWrongPassword() {
    assertThatThrownBy(() -> connect("wrong"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void keepsItsDataAndPortWhenKilledAndRestarted() throws SQLException {
    execute("CREATE TABLE kept AS SELECT 42 AS answer");
    int port = server.port();

    server.kill();
    assertThat(server.isRunning()).isFalse();
    server.start();

    assertThat(server.port()).isEqualTo(port);
    assertThat(query("SELECT answer FROM kept")).isEqualTo("42");
  }

  @Test
  void leavesNoProcessBehind() throws Exception {
    connect(PASSWORD).close();
    ProcessHandle main = server.handle();
    var workers = main.descendants().toList();
    assertThat(workers).isNotEmpty();

    server.stop();

    assertThat(server.onExit().get(1, TimeUnit.SECONDS)).isZero();
    assertThat(main.isAlive()).isFalse();
    assertThat(workers).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void hangsWhilePaused() throws Exception {
    try (Connection connection = connect(PASSWORD)) {
      connection.setNetworkTimeout(Runnable::run, 300);
      server.pause();
      assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
          .isInstanceOf(SQLException.class);
    }
    server.resume();
    assertThat(query("SELECT 1")).isEqualTo("1");
  }

  @Test
  void saysWhyItDoesNotStart(@TempDir Path folder) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PostgresServer.Builder second =
          PostgresServer.at(open(folder).resolve("data")).fast().port(taken.getLocalPort());
      assertThatThrownBy(second::start)
          .isInstanceOf(ServerException.class)
          .hasMessageContaining("Address already in use");
    }
  }

  @Test
  void refusesADataFolderThatIsInUse() throws SQLException {
    PostgresServer.Builder second = PostgresServer.at(server.data()).port(FreePort.find());
    assertThatThrownBy(second::start)
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("postmaster.pid");
    assertThat(query("SELECT 1")).isEqualTo("1");
  }

  @Test
  void saysWhichFolderKeepsItsUserOutWhenRunByRoot(@TempDir Path folder) throws IOException {
    Assumptions.assumeTrue(UnprivilegedUser.ifRoot("postgres", "nobody").isPresent(), "not root");
    Path closed = Files.createDirectory(open(folder).resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    PostgresServer.Builder inside = PostgresServer.at(closed.resolve("data")).fast();
    assertThatThrownBy(inside::start)
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("may not enter " + closed.toRealPath());
  }

  @Test
  void unpacksItsProgramsOnce() {
    BinaryCache cache = BinaryCache.ofThisUser();
    assertThat(PostgresBinaries.unpacked(cache)).isEqualTo(PostgresBinaries.unpacked(cache));
  }

  /**
   * A folder that the user whom PostgreSQL runs as may enter, as a data folder's parents must be.
   */
  static Path open(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  private Connection connect(String password) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", "voting");
    login.setProperty("password", password);
    login.setProperty("connectTimeout", Long.toString(Duration.ofSeconds(5).toSeconds()));
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/votes", login);
  }

  private String query(String sql) throws SQLException {
    try (Connection connection = connect(PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = connect(PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
