package dev.voting.api.results;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The results in PostgreSQL, with a NOTIFY on every commit of a consumer. */
final class PostgresResultsSource implements ResultsSource {
  private static final JsonFactory JSON = new JsonFactory();

  private final Connection connection;
  private final Notifications notifications;
  private final PreparedStatement read;

  PostgresResultsSource(Connection connection, String listenSql, String resultsSql)
      throws SQLException {
    this.connection = connection;
    this.notifications = new Notifications(connection, listenSql);
    this.read = connection.prepareStatement(resultsSql);
  }

  @Override
  public Results read() throws SQLException {
    try (ResultSet row = read.executeQuery()) {
      row.next();
      return Results.catsAndDogs(
          row.getLong("cats"),
          row.getLong("dogs"),
          Optional.ofNullable(row.getObject("last_updated", OffsetDateTime.class))
              .map(OffsetDateTime::toInstant));
    }
  }

  @Override
  public Optional<Results> awaitChange(Duration timeout) throws SQLException {
    Notifications.Heard heard = notifications.await(timeout);
    if (heard.lookUp()) {
      return Optional.of(read());
    }
    return heard.payloads().isEmpty() ? Optional.empty() : parse(heard.payloads().getLast());
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
        : Optional.of(Results.catsAndDogs(cats, dogs, lastUpdated));
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
