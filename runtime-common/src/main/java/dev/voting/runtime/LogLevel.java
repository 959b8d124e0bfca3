package dev.voting.runtime;

import java.util.Locale;

/** How much a process logs. */
public enum LogLevel {
  TRACE,
  DEBUG,
  INFO,
  WARN,
  ERROR;

  /** Reads a level in any case, {@code warning} included. */
  static LogLevel parse(String variable, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "trace" -> TRACE;
      case "debug" -> DEBUG;
      case "info" -> INFO;
      case "warn", "warning" -> WARN;
      case "error", "critical" -> ERROR;
      default ->
          throw new EnvironmentException(
              variable, "is '" + value + "': set trace, debug, info, warn or error");
    };
  }

  /**
   * Makes this the level of all loggers made from now on, so call it before the first one. Lines go
   * to stderr; their form stands in {@code simplelogger.properties}.
   */
  public void apply() {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", name().toLowerCase(Locale.ROOT));
  }
}
