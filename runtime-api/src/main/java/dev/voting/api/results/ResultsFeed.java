package dev.voting.api.results;

import dev.voting.api.connections.EventStreams;
import dev.voting.api.poll.CurrentPoll;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the results in memory as the database counts them, and notifies its audience of each
 * change.
 *
 * <p>One thread owns the one connection: it listens for commits, and also polls once a second.
 * Whatever the number of requests, the database sees this one thread. It reconnects for ever;
 * meanwhile the last known results stay.
 */
public final class ResultsFeed implements AutoCloseable {
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration RECONNECT_PAUSE = Duration.ofMillis(250);

  /** Changes within this time are one event of the streams. */
  private static final Duration MIN_GAP = Duration.ofMillis(50);

  /** With very many streams the gap grows, so that notifying them leaves time for other work. */
  private static final Duration GAP_PER_STREAM = Duration.ofNanos(40_000);

  private static final Logger log = LoggerFactory.getLogger(ResultsFeed.class);

  private final ResultsSource.Connector connector;
  private final FeedMetrics metrics;
  private final long pollNanos;
  private final long heartbeatNanos;
  private final Thread thread;
  private final Audience audience;

  private volatile boolean closing;
  private volatile Latest latest;
  private volatile String problem = "not connected yet";
  private volatile ResultsSource source;
  private volatile boolean settled;

  // Owned by the feed's thread.
  private RenderedResults lastSent;
  private long published = System.nanoTime() - POLL.toNanos();
  private long lastEvent = System.nanoTime();
  private long polled;

  /**
   * @param poll how often the database is asked for changes that it did not notify of
   * @param heartbeat how long streams may stay silent
   */
  ResultsFeed(
      ResultsSource.Connector connector,
      Audience audience,
      FeedMetrics metrics,
      Duration poll,
      Duration heartbeat) {
    this.connector = connector;
    this.audience = audience;
    this.metrics = metrics;
    this.pollNanos = poll.toNanos();
    this.heartbeatNanos = heartbeat.toNanos();
    this.thread = Thread.ofPlatform().name("results-feed").daemon().unstarted(this::run);
    metrics.streams(audience::size);
  }

  /**
   * A feed from that database to the streams.
   *
   * @param heartbeat how long streams may stay silent, to a second or so
   */
  public static ResultsFeed of(
      DataSource database, EventStreams streams, FeedMetrics metrics, Duration heartbeat) {
    return new ResultsFeed(
        PostgresConnector.catsAndDogs(database),
        new StreamAudience(streams),
        metrics,
        POLL,
        heartbeat);
  }

  /**
   * A feed of the rounds of a poll.
   *
   * @param rounds where it keeps the results of each
   */
  public static ResultsFeed of(
      DataSource database,
      EventStreams streams,
      FeedMetrics metrics,
      Duration heartbeat,
      Rounds rounds,
      CurrentPoll current) {
    return new ResultsFeed(
        PostgresConnector.poll(database, rounds, current),
        new StreamAudience(streams),
        metrics,
        POLL,
        heartbeat);
  }

  public void start() {
    thread.start();
  }

  /** The results as last known, or nothing before they were read for the first time. */
  Optional<Latest> latest() {
    return Optional.ofNullable(latest);
  }

  /**
   * Whether a new service has its first results, or cannot expect them soon, as PostgreSQL is
   * unavailable. While PostgreSQL refuses the login, that login may not exist yet.
   */
  public boolean isSettled() {
    return settled;
  }

  /** Why PostgreSQL does not work, or nothing if it does. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  private void run() {
    while (!closing) {
      try (ResultsSource open = connector.connect()) {
        source = open;
        follow(open);
      } catch (SQLException e) {
        failed(e);
      } catch (RuntimeException e) {
        log.error("unexpected error in the results feed, continuing", e);
        failed(new SQLException(e));
      }
      publishIfDue();
      if (!closing) {
        LockSupport.parkNanos(RECONNECT_PAUSE.toNanos());
      }
    }
  }

  private void follow(ResultsSource open) throws SQLException {
    poll(open);
    while (!closing) {
      Optional<Results> change = open.awaitChange(untilNextDuty());
      if (change.isPresent()) {
        if (!isOlder(change.get())) {
          arrived(change.get());
        }
      }
      if (System.nanoTime() - polled >= pollNanos) {
        poll(open);
      }
      publishIfDue();
    }
  }

  /** A notification may arrive after a poll that is newer; of cats and dogs counts only grow. */
  private boolean isOlder(Results change) {
    return latest != null
        && !change.ofPoll()
        && change.total() < latest.results().results().total();
  }

  private void poll(ResultsSource open) throws SQLException {
    arrived(open.read());
    polled = System.nanoTime();
    if (problem != null) {
      log.info("PostgreSQL is available");
      problem = null;
    }
    publishIfDue();
    settled = true;
  }

  private void arrived(Results results) {
    Latest now = latest;
    RenderedResults rendered =
        now != null && now.results().results().equals(results)
            ? now.results()
            : RenderedResults.of(results);
    latest = new Latest(rendered, Instant.now(), System.nanoTime());
  }

  private Duration untilNextDuty() {
    long now = System.nanoTime();
    long wait = pollNanos - (now - polled);
    if (hasNews()) {
      wait = Math.min(wait, gap().toNanos() - (now - published));
    }
    return Duration.ofNanos(Math.max(0, wait));
  }

  private boolean hasNews() {
    return latest != null && latest.results() != lastSent;
  }

  private Duration gap() {
    Duration forAll = GAP_PER_STREAM.multipliedBy(audience.size());
    return forAll.compareTo(MIN_GAP) > 0 ? forAll : MIN_GAP;
  }

  private void publishIfDue() {
    long now = System.nanoTime();
    if (hasNews() && now - published >= gap().toNanos()) {
      lastSent = latest.results();
      audience.changed(lastSent);
      published = now;
      lastEvent = now;
    } else if (now - lastEvent >= heartbeatNanos) {
      audience.unchanged(latest().map(Latest::at));
      lastEvent = now;
    }
  }

  private void failed(SQLException e) {
    if (closing) {
      return;
    }
    metrics.postgresError();
    String reason = PostgresErrors.describe(e);
    if (!reason.equals(problem)) {
      log.warn("cannot read results from PostgreSQL: {}", reason);
      problem = reason;
    }
    settled |= !PostgresErrors.isLoginRefused(e);
  }

  /** Ends the feed. */
  @Override
  public void close() {
    closing = true;
    ResultsSource open = source;
    if (open != null) {
      open.close();
    }
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Results and when they were last known to be current.
   *
   * @param results the results
   * @param at the instant of the reading
   * @param knownAt {@link System#nanoTime} of the reading
   */
  record Latest(RenderedResults results, Instant at, long knownAt) {
    Duration age() {
      return Duration.ofNanos(System.nanoTime() - knownAt);
    }
  }
}
