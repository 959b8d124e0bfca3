package dev.voting.api.results;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** One connection to where the results are counted. Only {@link #close} may come from elsewhere. */
interface ResultsSource extends AutoCloseable {

  /** Opens connections to one and the same database. */
  @FunctionalInterface
  interface Connector {
    /**
     * Connects and asks to be told of every change.
     *
     * @throws SQLException when the database is away or refuses the credentials
     */
    ResultsSource connect() throws SQLException;
  }

  /**
   * Reads the count.
   *
   * @throws SQLException when the database is away, too slow, or has no schema yet
   */
  Results read() throws SQLException;

  /**
   * Waits until the database tells of a commit; of several it gives the last.
   *
   * @param patience the longest to wait, at least a millisecond
   * @throws SQLException when the connection broke
   */
  Optional<Results> awaitChange(Duration patience) throws SQLException;

  /** Closes the connection at once, even while another thread waits on it; never throws. */
  @Override
  void close();
}
