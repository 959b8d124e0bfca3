package dev.voting.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Locale;
import org.slf4j.LoggerFactory;

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

  /** Makes this the level of all loggers but those that {@code logback.xml} sets otherwise. */
  public void apply() {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
        .setLevel(Level.valueOf(name()));
  }
}
