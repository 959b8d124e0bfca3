package dev.voting.consumer;

import static org.awaitility.Awaitility.await;

import dev.voting.consumer.settings.Settings;
import dev.voting.runtime.Environment;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.process.Folders;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** A real PostgreSQL with the schema and a real Redis as the operator sets it up, for a test. */
public final class Servers implements AutoCloseable {
  static final String PASSWORD = "p/a%s s@word";

  final PostgresServer postgres;
  final RedisServer redis;
  private final Path folder;

  private Servers(Path folder, PostgresServer postgres, RedisServer redis) {
    this.folder = folder;
    this.postgres = postgres;
    this.redis = redis;
  }

  /** Quick to start: nothing is forced to the disk. A killed process loses nothing all the same. */
  public static Servers start() throws IOException, SQLException {
    // In memory where possible: a slow disk lets Redis hold writes back for up to two seconds.
    Path shared = Path.of("/dev/shm");
    Path parent = Files.isWritable(shared) ? shared : Path.of(System.getProperty("java.io.tmpdir"));
    return start(parent, PostgresServer.Builder::fast);
  }

  /** As in production: what is committed is on the disk. */
  static Servers startDurable(Path parent) throws IOException, SQLException {
    return start(parent, UnaryOperator.identity());
  }

  private static Servers start(Path parent, UnaryOperator<PostgresServer.Builder> options)
      throws IOException, SQLException {
    Path folder = Files.createTempDirectory(parent, "consumer-test");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    PostgresServer postgres =
        options
            .apply(
                PostgresServer.at(folder.resolve("postgres"))
                    .user("voting")
                    .password(PASSWORD)
                    .database("votes"))
            .start();
    try {
      RedisServer redis =
          RedisServer.at(folder.resolve("redis"))
              .password(PASSWORD)
              .setting("appendonly", "yes")
              .setting("appendfsync", "everysec")
              .setting("stream-node-max-bytes", "4096")
              .setting("stream-node-max-entries", "100")
              .start();
      Servers servers = new Servers(folder, postgres, redis);
      try (Connection connection = servers.database()) {
        Schema.apply(connection);
      }
      return servers;
    } catch (RuntimeException | SQLException e) {
      // Half of them must not outlive the test.
      postgres.close();
      throw e;
    }
  }

  public Connection database() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/votes", "voting", PASSWORD);
  }

  public Jedis stream() {
    return connect(redis);
  }

  static Jedis connect(RedisServer server) {
    return new Jedis(
        new HostAndPort("127.0.0.1", server.port()),
        DefaultJedisClientConfig.builder().password(PASSWORD).build());
  }

  /** Of a consumer of both. */
  public Settings settings() {
    return Settings.from(new Environment(ConsumerProcess.environment(this)));
  }

  /** The first column of the first row, as text. */
  public String query(String sql) {
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  public long count(String sql) {
    return Long.parseLong(query(sql));
  }

  public void execute(String sql) {
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Until Redis' append-only file has all that it has answered. */
  void awaitWritten(Jedis redis) {
    await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(1))
        .until(
            () ->
                redis
                    .info("persistence")
                    .lines()
                    .toList()
                    .containsAll(List.of("aof_buffer_length:0", "aof_pending_bio_fsync:0")));
  }

  /** Empties both. */
  public void clear() {
    execute(
        "TRUNCATE vote_events, vote_requests, vote_repeats, polls, round_votes, ballots;"
            + " UPDATE votes SET count = 0");
    try (Jedis redis = stream()) {
      redis.flushAll();
    }
  }

  /**
   * Empties both, and does now what PostgreSQL would otherwise do in the midst of a measurement.
   */
  void clearForBenchmark() {
    clear();
    execute("VACUUM ANALYZE");
    execute("CHECKPOINT");
  }

  @Override
  public void close() {
    postgres.close();
    redis.close();
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
