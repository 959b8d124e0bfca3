package dev.voting.runtime;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The environment variables of a process, read by type. Every method throws {@link
 * EnvironmentException} when the variable is missing or malformed. An empty value counts as absent.
 */
public final class Environment {
  private static final int EXIT_BAD_ENVIRONMENT = 2;

  private final Map<String, String> variables;

  public Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /**
   * Reads this process's settings, or ends the process with exit code 2 and one line on stderr that
   * names the variable.
   *
   * @param settings reads a settings object from the environment
   */
  public static <T> T readOrExit(Function<Environment, T> settings) {
    try {
      return settings.apply(new Environment(System.getenv()));
    } catch (EnvironmentException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(EXIT_BAD_ENVIRONMENT);
      throw e;
    }
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }

  public String text(String name, String otherwise) {
    return text(name).orElse(otherwise);
  }

  /**
   * @param example what a value looks like, shown when there is none
   */
  public String required(String name, String example) {
    return text(name)
        .orElseThrow(
            () ->
                new EnvironmentException(name, "is not set: set it like " + name + "=" + example));
  }

  public int integer(String name, int otherwise, int min, int max) {
    return text(name).map(value -> parseInteger(name, value, min, max)).orElse(otherwise);
  }

  public double number(String name, double otherwise, double min, double max) {
    return text(name).map(value -> parseNumber(name, value, min, max)).orElse(otherwise);
  }

  public boolean bool(String name, boolean otherwise) {
    return text(name).map(value -> parseBool(name, value)).orElse(otherwise);
  }

  /** A comma separated list; blanks around the items and empty items are dropped. */
  public List<String> list(String name) {
    return text(name).stream()
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  /** {@code REDIS_URL}, required, with {@code REDIS_CA_FILE}. */
  public RedisUrl redisUrl() {
    RedisUrl url =
        RedisUrl.parse(
            "REDIS_URL", required("REDIS_URL", "redis://:password@redis.example:6379/0"));
    Optional<CaFile> trusted = caFile("REDIS_CA_FILE");
    if (trusted.isPresent() && !url.tls()) {
      throw new EnvironmentException(
          "REDIS_URL",
          "has no TLS, which REDIS_CA_FILE is for: write rediss:// in place of redis://");
    }
    return trusted.map(url::verifiedBy).orElse(url);
  }

  /** {@code DATABASE_URL}, required, with {@code DATABASE_CA_FILE}. */
  public DatabaseUrl databaseUrl() {
    DatabaseUrl url =
        DatabaseUrl.parse(
            "DATABASE_URL",
            required("DATABASE_URL", "postgresql://user:password@postgres.example:5432/votes"));
    return caFile("DATABASE_CA_FILE")
        .map(trusted -> url.verifiedBy("DATABASE_URL", trusted))
        .orElse(url);
  }

  private Optional<CaFile> caFile(String name) {
    return text(name).map(file -> CaFile.parse(name, file));
  }

  /** {@code LISTEN_ADDRESS}, default all addresses of the machine. */
  public InetAddress listenAddress() {
    return text("LISTEN_ADDRESS")
        .map(Environment::parseAddress)
        .orElseGet(() -> new InetSocketAddress(0).getAddress());
  }

  private static InetAddress parseAddress(String value) {
    try {
      return InetAddress.ofLiteral(value);
    } catch (IllegalArgumentException notAnAddress) {
      throw new EnvironmentException(
          "LISTEN_ADDRESS",
          "is '" + value + "': set an IP address of this machine, like 127.0.0.1 or ::1");
    }
  }

  /** {@code LOG_LEVEL}, default info. */
  public LogLevel logLevel() {
    return text("LOG_LEVEL").map(value -> LogLevel.parse("LOG_LEVEL", value)).orElse(LogLevel.INFO);
  }

  private static int parseInteger(String name, String value, int min, int max) {
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Reported below, like a number out of range.
    }
    throw new EnvironmentException(
        name, "is '" + value + "': set a whole number from " + min + " to " + max);
  }

  private static double parseNumber(String name, String value, double min, double max) {
    try {
      double number = Double.parseDouble(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Reported below, like a number out of range.
    }
    throw new EnvironmentException(
        name, "is '" + value + "': set a number from " + min + " to " + max);
  }

  private static boolean parseBool(String name, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes", "on" -> true;
      case "false", "0", "no", "off" -> false;
      default -> throw new EnvironmentException(name, "is '" + value + "': set true or false");
    };
  }
}
