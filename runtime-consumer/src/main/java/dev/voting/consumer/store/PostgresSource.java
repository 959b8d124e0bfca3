package dev.voting.consumer.store;

import dev.voting.consumer.settings.Settings;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Opens connections with the time-outs of the consumer, one of them ahead of the pool. */
final class PostgresSource implements DataSource, AutoCloseable {
  /** The server cancels a statement before we stop waiting for it. */
  private static final String STATEMENT_TIMEOUT = "-c statement_timeout=20000";

  private static final int SOCKET_TIMEOUT_SECONDS = 30;
  private static final int CONNECT_TIMEOUT_SECONDS = 5;

  private final String url;
  private final Properties properties;
  private final AtomicReference<Connection> opened = new AtomicReference<>();

  PostgresSource(Settings settings) {
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

  /** Opens the connection that {@link #getConnection} returns next. */
  void open() throws SQLException {
    close(opened.getAndSet(DriverManager.getConnection(url, properties)));
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection ahead = opened.getAndSet(null);
    return ahead != null ? ahead : DriverManager.getConnection(url, properties);
  }

  /** Closes what was opened and not taken. */
  @Override
  public void close() {
    close(opened.getAndSet(null));
  }

  private static void close(Connection unused) {
    if (unused != null) {
      try {
        unused.close();
      } catch (SQLException broken) {
        // It is unusable anyway.
      }
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the URL has the user");
  }

  /** The properties have it; the pool would set another. */
  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 2 * CONNECT_TIMEOUT_SECONDS;
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("not a wrapper");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
