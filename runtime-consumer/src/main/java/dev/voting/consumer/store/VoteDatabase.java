package dev.voting.consumer.store;

import dev.voting.consumer.Settings;
import dev.voting.consumer.stream.Vote;
import dev.voting.runtime.VoteEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import org.postgresql.PGConnection;

/**
 * The PostgreSQL database that records votes, over one connection that is opened on demand, and
 * again after any failure. For one thread.
 */
public final class VoteDatabase implements AutoCloseable {
  /** The server cancels a statement before we stop waiting for it. */
  private static final String STATEMENT_TIMEOUT = "-c statement_timeout=20000";

  private static final int SOCKET_TIMEOUT_SECONDS = 30;
  private static final int CONNECT_TIMEOUT_SECONDS = 5;
  private static final Duration FORGET_FROM_START = Duration.ofHours(1);

  private final String url;
  private final Properties properties;
  private final String recordBatch = sql("record-batch.sql");
  private final String forgetRequests = sql("forget-requests.sql");
  private Connection connection;
  private PreparedStatement statement;

  /** Requests from before were forgotten; null where that is not known. */
  private OffsetDateTime forgottenTo;

  private long forgetFromStart = System.nanoTime();

  public VoteDatabase(Settings settings) {
    this.url = settings.database().jdbcUrl();
    // The URL overrides these.
    Properties defaults = new Properties();
    defaults.setProperty("ApplicationName", settings.consumer());
    defaults.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
    defaults.setProperty("loginTimeout", Integer.toString(2 * CONNECT_TIMEOUT_SECONDS));
    defaults.setProperty("socketTimeout", Integer.toString(SOCKET_TIMEOUT_SECONDS));
    defaults.setProperty("tcpKeepAlive", "true");
    defaults.setProperty("options", STATEMENT_TIMEOUT);
    defaults.keySet().removeAll(settings.database().parameters().keySet());
    defaults.putAll(settings.database().credentials());
    this.properties = defaults;
  }

  /**
   * Records votes in one transaction, which is one round trip. After a failure it is unclear
   * whether it was committed; repeating it is always right.
   */
  public Recorded record(List<Vote> votes) throws SQLException {
    try {
      connect();
      return call(votes);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  /** Records a vote and rolls back. Fails as {@link #record} would. */
  public void dryRun(Vote vote) throws SQLException {
    try {
      connect();
      connection.setAutoCommit(false);
      call(List.of(vote));
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  /**
   * Forgets requests whose window is over, some thousands at most.
   *
   * @param oldest id of the oldest vote that was just recorded
   * @return how many
   */
  public long forgetRequests(String oldest) throws SQLException {
    try {
      connect();
      // Those of votes that were recorded late are found from the beginning on.
      if (System.nanoTime() - forgetFromStart >= 0) {
        forgottenTo = null;
        forgetFromStart = System.nanoTime() + FORGET_FROM_START.toNanos();
      }
      try (PreparedStatement forget = connection.prepareStatement(forgetRequests)) {
        forget.setObject(1, forgottenTo, Types.TIMESTAMP_WITH_TIMEZONE);
        forget.setString(2, oldest);
        try (ResultSet row = forget.executeQuery()) {
          row.next();
          forgottenTo = row.getObject(2, OffsetDateTime.class);
          return row.getLong(1);
        }
      }
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  private Recorded call(List<Vote> votes) throws SQLException {
    long[] timestamps = new long[votes.size()];
    for (int i = 0; i < timestamps.length; i++) {
      timestamps[i] = votes.get(i).event().timestamp();
    }
    PGConnection arrays = connection.unwrap(PGConnection.class);
    statement.setArray(1, texts(votes, vote -> vote.entry().id()));
    statement.setArray(2, texts(votes, vote -> vote.event().option().text()));
    statement.setArray(3, arrays.createArrayOf("int8", timestamps));
    statement.setArray(4, optionals(votes, VoteEvent::sourceIp));
    statement.setArray(5, optionals(votes, VoteEvent::userAgent));
    statement.setArray(6, optionals(votes, VoteEvent::requestId));
    statement.setArray(7, optionals(votes, VoteEvent::nonce));
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return new Recorded(
          row.getLong(1), row.getLong(2), Set.of((String[]) row.getArray(3).getArray()));
    }
  }

  /**
   * Checks that the database accepts votes now: that it is reachable and writable, and has the
   * schema.
   */
  public void check() throws SQLException {
    record(List.of());
  }

  private void connect() throws SQLException {
    if (connection == null) {
      connection = DriverManager.getConnection(url, properties);
      statement = connection.prepareStatement(recordBatch);
    }
  }

  private Array texts(List<Vote> votes, Function<Vote, String> column) throws SQLException {
    return connection.createArrayOf("text", votes.stream().map(column).toArray(String[]::new));
  }

  private Array optionals(List<Vote> votes, Function<VoteEvent, Optional<String>> column)
      throws SQLException {
    return texts(votes, vote -> column.apply(vote.event()).orElse(null));
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException broken) {
        // It is unusable anyway.
      }
      connection = null;
      statement = null;
    }
  }

  private static String sql(String name) {
    try (InputStream in = VoteDatabase.class.getResourceAsStream("/dev/voting/consumer/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
