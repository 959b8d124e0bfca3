package dev.voting.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The database schema: SQL files that create it, or bring an older one up to date. Applying them
 * again changes nothing.
 */
public final class Schema {
  /**
   * The channel on which each commit that changed the totals notifies; see the SQL for its payload.
   */
  public static final String CHANNEL = "votes";

  /**
   * The channel on which each commit notifies that declared a poll, changed totals of a round or
   * made it final. The payload is a JSON object with {@code round} and one of {@code seq}, {@code
   * version} and {@code final}; never a count, which may be hidden.
   */
  public static final String POLL_CHANNEL = "polls";

  private static final List<String> FILES =
      List.of(
          "10-tables.sql",
          "20-functions.sql",
          "25-polls.sql",
          "30-record-votes.sql",
          "40-roles.sql");

  private Schema() {}

  /** Names of the files, in the order in which they have to be applied. */
  public static List<String> files() {
    return FILES;
  }

  /** The text of one of {@link #files()}. */
  public static String text(String file) {
    try (InputStream in = Schema.class.getResourceAsStream("/dev/voting/schema/" + file)) {
      if (in == null) {
        throw new IllegalArgumentException("no schema file " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Applies all files.
   *
   * @param connection in auto-commit mode; each file is a transaction
   */
  public static void apply(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String file : FILES) {
        statement.execute(text(file));
      }
    }
  }
}
