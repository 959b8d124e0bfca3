package dev.voting.consumer.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.voting.consumer.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A pool of one connection for one thread. The pool validates it after a pause, replaces it before
 * it is old, evicts it after a failure, and measures it.
 *
 * <p>The pool by itself waits for a connection, retries at its own pace, and reports that it timed
 * out. The recorder needs the driver's failure at once, and has a pace of its own. So while the
 * pool is empty, {@link #borrow} connects in the caller's thread, once, and the pool takes that
 * connection over; see docs/adr/0033-a-pool-for-the-consumer.md.
 */
final class DatabasePool implements AutoCloseable {
  private static final String NAME = "postgres";

  /** Below it, a failover or a change of addresses is followed even if nothing fails. */
  private static final Duration LARGEST_AGE = Duration.ofMinutes(10);

  /** Longer than any transaction, which {@link PostgresSource} limits. */
  private static final Duration LEAK = Duration.ofMinutes(1);

  /** The longest wait for the pool's own connection, which replaces one that proved dead. */
  private static final Duration WAIT = Duration.ofSeconds(5);

  private static final Duration VALIDATION = Duration.ofSeconds(2);

  /**
   * A connection that was used this recently is not validated, which would be one more round trip
   * for a vote. Longer than the recorder's own check of an idle database.
   */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private static final String FRESH_PROPERTY = "com.zaxxer.hikari.aliveBypassWindowMs";

  private final PostgresSource source;
  private final HikariDataSource pool;

  DatabasePool(Settings settings, MeterRegistry registry) {
    source = new PostgresSource(settings);
    HikariConfig config = new HikariConfig();
    config.setPoolName(NAME);
    config.setDataSource(source);
    config.setMetricRegistry(registry);
    config.setMaximumPoolSize(1);
    // Connects only for those who ask, and starts without a server.
    config.setMinimumIdle(0);
    config.setIdleTimeout(0);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(WAIT.toMillis());
    config.setValidationTimeout(VALIDATION.toMillis());
    config.setMaxLifetime(LARGEST_AGE.toMillis());
    config.setKeepaliveTime(0);
    config.setLeakDetectionThreshold(LEAK.toMillis());
    config.setExceptionOverride(new EvictUnlessVoteIsRefused());
    // The only means to set it; it is read when a pool is made.
    System.setProperty(FRESH_PROPERTY, Long.toString(FRESH.toMillis()));
    pool = new HikariDataSource(config);
  }

  /**
   * The connection, in auto-commit mode. Closing it gives it back.
   *
   * @throws SQLException the driver's, if there is no connection
   */
  Connection borrow() throws SQLException {
    if (pool.getHikariPoolMXBean().getTotalConnections() == 0) {
      source.open();
    }
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      throw e.getCause() instanceof SQLException cause ? cause : e;
    } finally {
      source.close();
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  /** After a failover the old server may still answer, but not record. */
  private static final class EvictUnlessVoteIsRefused implements SQLExceptionOverride {
    @java.lang.Override
    public Override adjudicate(SQLException e) {
      return DatabaseFailure.of(e) == DatabaseFailure.BAD_DATA
          ? Override.DO_NOT_EVICT
          : Override.MUST_EVICT;
    }
  }
}
