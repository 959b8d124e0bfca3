package dev.voting.runtime;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where PostgreSQL is: {@code postgresql://user:password@host:port/database?parameters}, the form
 * that libpq reads. Several {@code host:port} may be given, separated by commas. Parameters are
 * those of libpq or of pgjdbc.
 *
 * @param hosts {@code host:port}, comma separated
 * @param database the database's name
 * @param user absent for the driver's default
 * @param password absent for none
 * @param parameters in pgjdbc's names
 */
public record DatabaseUrl(
    String hosts,
    String database,
    Optional<String> user,
    Optional<String> password,
    Map<String, String> parameters) {
  private static final Pattern FORM =
      Pattern.compile(
          "postgres(?:ql)?://"
              + "(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
              + "(?<hosts>HOST(?:,HOST)*)"
                  .replace("HOST", "(?:[^:@/?,\\[\\]]+|\\[[0-9a-fA-F:.]+])(?::\\d{1,5})?")
              + "/(?<database>[^/?]+)"
              + "(?:\\?(?<parameters>.*))?");

  /** Parameters with different names in libpq and pgjdbc. */
  private static final Map<String, String> PGJDBC_NAMES =
      Map.of(
          "connect_timeout", "connectTimeout",
          "application_name", "ApplicationName",
          "target_session_attrs", "targetServerType",
          "channel_binding", "channelBinding",
          "keepalives", "tcpKeepAlive");

  private static final String SSL_MODE = "sslmode";
  private static final String SSL_ROOT_CERT = "sslrootcert";
  private static final Set<String> VERIFYING = Set.of("verify-ca", "verify-full");
  private static final Set<String> NOT_VERIFYING = Set.of("disable", "allow", "prefer", "require");

  static DatabaseUrl parse(String variable, String url) {
    Matcher form = FORM.matcher(url);
    if (!form.matches()) {
      throw new EnvironmentException(
          variable,
          "is not a PostgreSQL URL: write postgresql://user:password@host:port/database, with"
              + " special characters of the password percent-encoded");
    }
    return new DatabaseUrl(
        form.group("hosts"),
        PercentEncoding.decode(variable, form.group("database")),
        decoded(variable, form.group("user")),
        decoded(variable, form.group("password")),
        parameters(variable, form.group("parameters")));
  }

  private static Optional<String> decoded(String variable, String text) {
    return Optional.ofNullable(text)
        .filter(s -> !s.isEmpty())
        .map(s -> PercentEncoding.decode(variable, s));
  }

  private static Map<String, String> parameters(String variable, String query) {
    Map<String, String> parameters = new TreeMap<>();
    if (query != null && !query.isEmpty()) {
      for (String pair : query.split("&")) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw new EnvironmentException(variable, "has a parameter without '=': write name=value");
        }
        String name = PercentEncoding.decode(variable, pair.substring(0, equals));
        String value = PercentEncoding.decode(variable, pair.substring(equals + 1));
        parameters.put(PGJDBC_NAMES.getOrDefault(name, name), pgjdbcValue(name, value));
      }
    }
    checkTls(variable, parameters);
    return Collections.unmodifiableMap(parameters);
  }

  private static void checkTls(String variable, Map<String, String> parameters) {
    String mode = parameters.getOrDefault(SSL_MODE, "prefer");
    if (!VERIFYING.contains(mode) && !NOT_VERIFYING.contains(mode)) {
      throw new EnvironmentException(
          variable,
          "has sslmode="
              + mode
              + ": set disable, allow, prefer, require, verify-ca or verify-full");
    }
    if (parameters.containsKey(SSL_ROOT_CERT)) {
      CaFile.parse(variable, parameters.get(SSL_ROOT_CERT));
    }
  }

  /**
   * The same server, verified by a certificate of one of these CAs.
   *
   * @throws EnvironmentException if the URL disables that
   */
  DatabaseUrl verifiedBy(String variable, CaFile trusted) {
    String mode = parameters.getOrDefault(SSL_MODE, "verify-full");
    if (!VERIFYING.contains(mode)) {
      throw new EnvironmentException(
          variable, "has sslmode=" + mode + ", which verifies nothing: set sslmode=verify-full");
    }
    Map<String, String> verifying = new TreeMap<>(parameters);
    verifying.put(SSL_MODE, mode);
    verifying.putIfAbsent(SSL_ROOT_CERT, trusted.path().toString());
    return new DatabaseUrl(hosts, database, user, password, Collections.unmodifiableMap(verifying));
  }

  private static String pgjdbcValue(String libpqName, String value) {
    return switch (libpqName) {
      case "keepalives" -> String.valueOf(!value.equals("0"));
      case "target_session_attrs" ->
          switch (value) {
            case "read-write", "primary" -> "primary";
            case "read-only", "standby" -> "secondary";
            case "prefer-standby" -> "preferSecondary";
            default -> "any";
          };
      default -> value;
    };
  }

  /** The URL for pgjdbc, without user and password: these go into its properties. */
  public String jdbcUrl() {
    return "jdbc:postgresql://"
        + hosts
        + "/"
        + encoded(database)
        + parameters.entrySet().stream()
            .map(p -> encoded(p.getKey()) + "=" + encoded(p.getValue()))
            .collect(Collectors.joining("&", parameters.isEmpty() ? "" : "?", ""));
  }

  /** User and password in pgjdbc's names, to go with {@link #jdbcUrl()}. */
  public Properties credentials() {
    Properties credentials = new Properties();
    user.ifPresent(name -> credentials.setProperty("user", name));
    password.ifPresent(secret -> credentials.setProperty("password", secret));
    return credentials;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The URL without user, password and parameters, for logs. */
  @Override
  public String toString() {
    return "postgresql://" + hosts + "/" + database;
  }
}
