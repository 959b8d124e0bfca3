package dev.voting.api.results;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** One connection to the database. Not thread-safe, except {@link #close}. */
interface ResultsSource extends AutoCloseable {

  /** Opens connections to one and the same database. */
  @FunctionalInterface
  interface Connector {
    /**
     * Connects and listens for changes.
     *
     * @throws SQLException if the database is unreachable or refuses the credentials
     */
    ResultsSource connect() throws SQLException;
  }

  /**
   * Reads the count.
   *
   * @throws SQLException if the database is unreachable, too slow, or has no schema yet
   */
  Results read() throws SQLException;

  /**
   * Waits for the notification of a commit; of several it returns the last.
   *
   * @param timeout the longest to wait, at least a millisecond
   * @throws SQLException when the connection broke
   */
  Optional<Results> awaitChange(Duration timeout) throws SQLException;

  /** Closes the connection at once, even while another thread waits on it; never throws. */
  @Override
  void close();
}
