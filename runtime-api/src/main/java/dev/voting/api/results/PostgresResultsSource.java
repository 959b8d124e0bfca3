package dev.voting.api.results;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * The results in PostgreSQL, with a NOTIFY on every commit of a consumer.
 *
 * <p>The driver returns notifications only once none came for a millisecond. With commits that
 * close together it might do so late or never. Then this stops listening for a while and queries
 * the results instead, which is rare compared with so many commits.
 */
final class PostgresResultsSource implements ResultsSource {
  private static final JsonFactory JSON = new JsonFactory();

  /** More notifications than this at a time are a flood. */
  private static final int FLOOD = 8;

  /** How long a flood is assumed to last. */
  private static final Duration DEAF = Duration.ofSeconds(1);

  /** How often the results are queried meanwhile. */
  private static final Duration LOOK_UP = Duration.ofMillis(50);

  private final Connection connection;
  private final String listenSql;
  private final PreparedStatement read;
  private boolean listening;

  /** When to listen again, in {@link System#nanoTime}. */
  private long deafUntil;

  PostgresResultsSource(Connection connection, String listenSql, String resultsSql)
      throws SQLException {
    this.connection = connection;
    this.listenSql = listenSql;
    listen();
    this.read = connection.prepareStatement(resultsSql);
  }

  private void listen() throws SQLException {
    execute(listenSql);
    listening = true;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public Results read() throws SQLException {
    try (ResultSet row = read.executeQuery()) {
      row.next();
      return new Results(
          row.getLong("cats"),
          row.getLong("dogs"),
          Optional.ofNullable(row.getObject("last_updated", OffsetDateTime.class))
              .map(OffsetDateTime::toInstant));
    }
  }

  @Override
  public Optional<Results> awaitChange(Duration timeout) throws SQLException {
    if (!listening) {
      return Optional.of(lookUp(timeout));
    }
    PGNotification[] notifications =
        connection
            .unwrap(PGConnection.class)
            .getNotifications(Math.toIntExact(Math.max(1, timeout.toMillis())));
    if (notifications == null || notifications.length == 0) {
      return Optional.empty();
    }
    if (notifications.length > FLOOD) {
      execute("UNLISTEN *");
      listening = false;
      deafUntil = System.nanoTime() + DEAF.toNanos();
    }
    return parse(notifications[notifications.length - 1].getParameter());
  }

  private Results lookUp(Duration timeout) throws SQLException {
    if (System.nanoTime() - deafUntil >= 0) {
      // Later commits notify, and earlier ones are read.
      listen();
    } else {
      LockSupport.parkNanos(Math.min(timeout.toNanos(), LOOK_UP.toNanos()));
    }
    return read();
  }

  /** Another program's payload is ignored; the next poll reads the results. */
  private static Optional<Results> parse(String payload) {
    long cats = -1;
    long dogs = -1;
    Optional<Instant> lastUpdated = Optional.empty();
    try (JsonParser json = JSON.createParser(payload)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "cats" -> cats = json.getLongValue();
          case "dogs" -> dogs = json.getLongValue();
          case "last_updated" ->
              lastUpdated =
                  value == JsonToken.VALUE_NULL
                      ? Optional.empty()
                      : Optional.of(OffsetDateTime.parse(json.getText()).toInstant());
          default -> json.skipChildren();
        }
      }
    } catch (IOException | DateTimeParseException e) {
      return Optional.empty();
    }
    return cats < 0 || dogs < 0
        ? Optional.empty()
        : Optional.of(new Results(cats, dogs, lastUpdated));
  }

  @Override
  public void close() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is unusable either way.
    }
  }
}
