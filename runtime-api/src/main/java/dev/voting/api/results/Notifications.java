package dev.voting.api.results;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * What commits notify one connection of.
 *
 * <p>The driver returns notifications only once none came for a millisecond. With commits that
 * close together it might do so late or never. Then this stops listening for a while, and asks for
 * a query instead, which is rare compared with so many commits.
 */
final class Notifications {
  /** More notifications than this at a time are a flood. */
  private static final int FLOOD = 8;

  /** How long a flood is assumed to last. */
  private static final Duration DEAF = Duration.ofSeconds(1);

  /** How often the results are queried meanwhile. */
  static final Duration LOOK_UP = Duration.ofMillis(50);

  private final Connection connection;
  private final String listenSql;
  private boolean listening;

  /** When to listen again, in {@link System#nanoTime}. */
  private long deafUntil;

  /**
   * What was heard.
   *
   * @param lookUp whether more may have happened, so that only a query helps
   * @param payloads of the notifications, oldest first
   */
  record Heard(boolean lookUp, List<String> payloads) {}

  /** Listens from now on. */
  Notifications(Connection connection, String listenSql) throws SQLException {
    this.connection = connection;
    this.listenSql = listenSql;
    listen();
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

  /**
   * Waits for a commit.
   *
   * @param timeout the longest to wait, at least a millisecond
   */
  Heard await(Duration timeout) throws SQLException {
    if (!listening) {
      if (System.nanoTime() - deafUntil >= 0) {
        // Later commits notify, and earlier ones are read.
        listen();
      } else {
        LockSupport.parkNanos(Math.min(timeout.toNanos(), LOOK_UP.toNanos()));
      }
      return new Heard(true, List.of());
    }
    PGNotification[] notifications =
        connection
            .unwrap(PGConnection.class)
            .getNotifications(Math.toIntExact(Math.max(1, timeout.toMillis())));
    if (notifications == null || notifications.length == 0) {
      return new Heard(false, List.of());
    }
    if (notifications.length > FLOOD) {
      execute("UNLISTEN *");
      listening = false;
      deafUntil = System.nanoTime() + DEAF.toNanos();
    }
    return new Heard(
        false, Arrays.stream(notifications).map(PGNotification::getParameter).toList());
  }
}
