package dev.voting.runtime;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.SslOptions;

/**
 * Where Redis is: {@code redis://user:password@host:port/db}, or {@code rediss://} for TLS. User
 * and password may be percent-encoded; port 6379 and database 0 may be left out.
 *
 * @param tls whether to use TLS
 * @param host name or address, IPv6 without its brackets
 * @param port TCP port
 * @param user absent for the default user
 * @param password absent for none
 * @param database index of the database
 * @param ca the CAs that are trusted; absent for those of the JDK
 */
public record RedisUrl(
    boolean tls,
    String host,
    int port,
    Optional<String> user,
    Optional<String> password,
    int database,
    Optional<CaFile> ca) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?<scheme>rediss?)://"
              + "(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
              + "(?<host>[^:@/?\\[\\]]+|\\[[0-9a-fA-F:.]+])"
              + "(?::(?<port>\\d{1,5}))?"
              + "(?:/(?<database>\\d{1,5})?)?");

  static RedisUrl parse(String variable, String url) {
    Matcher form = FORM.matcher(url);
    if (!form.matches()) {
      throw new EnvironmentException(
          variable,
          "is not a Redis URL: write redis://user:password@host:port/db, or rediss:// for TLS, with"
              + " special characters of the password percent-encoded");
    }
    int port = form.group("port") == null ? 6379 : Integer.parseInt(form.group("port"));
    if (port < 1 || port > 65535) {
      throw new EnvironmentException(variable, "has port " + port + ": set one from 1 to 65535");
    }
    return new RedisUrl(
        form.group("scheme").equals("rediss"),
        form.group("host").replaceAll("[\\[\\]]", ""),
        port,
        decoded(variable, form.group("user")),
        decoded(variable, form.group("password")),
        form.group("database") == null ? 0 : Integer.parseInt(form.group("database")),
        Optional.empty());
  }

  /** The same server, verified by a certificate of one of these CAs. */
  RedisUrl verifiedBy(CaFile trusted) {
    return new RedisUrl(tls, host, port, user, password, database, Optional.of(trusted));
  }

  private static Optional<String> decoded(String variable, String text) {
    return Optional.ofNullable(text)
        .filter(s -> !s.isEmpty())
        .map(s -> PercentEncoding.decode(variable, s));
  }

  /** The server's address for a jedis connection. */
  public HostAndPort address() {
    return new HostAndPort(host, port);
  }

  /** Credentials, database and TLS for a jedis connection; add timeouts and a client name. */
  public DefaultJedisClientConfig.Builder clientConfig() {
    return DefaultJedisClientConfig.builder()
        // Redis users with minimal rights may not send CLIENT SETINFO.
        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
        .sslOptions(ca.map(CaFile::sslOptions).orElseGet(() -> tls ? SslOptions.defaults() : null))
        .user(user.orElse(null))
        .password(password.orElse(null))
        .database(database);
  }

  /** The URL without its password, for logs. */
  @Override
  public String toString() {
    return (tls ? "rediss://" : "redis://")
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + port
        + "/"
        + database;
  }
}
