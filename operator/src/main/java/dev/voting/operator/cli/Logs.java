package dev.voting.operator.cli;

import java.util.Locale;

/** The form and the level of the log on stderr; must be called before the first line is logged. */
final class Logs {

  /** From the most to the fewest lines. */
  enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    OFF;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a line looks. */
  enum Format {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logs() {}

  static void configure(Level level, Format format) {
    if (format == Format.JSON) {
      System.setErr(new JsonLines(System.err));
    }
    System.setProperty(PREFIX + "defaultLogLevel", level.toString());
    System.setProperty(PREFIX + "showDateTime", "true");
    System.setProperty(PREFIX + "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    System.setProperty(PREFIX + "showThreadName", "false");
    System.setProperty(PREFIX + "showShortLogName", "true");
    System.setProperty(PREFIX + "levelInBrackets", "false");
    // Warns of every v1alpha1, and that is what the VotingApp is.
    System.setProperty(
        PREFIX + "log.io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils", "off");
  }
}
