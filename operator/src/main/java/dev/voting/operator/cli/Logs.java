package dev.voting.operator.cli;

import java.util.Locale;

/**
 * The form and the level of the log on stderr: lines for people by slf4j-simple, JSON by Logback.
 * Both are on the class path, and the choice must be made before the first logger is.
 */
public final class Logs {

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

  private static final String PROVIDER = "slf4j.provider";
  private static final String SIMPLE = "org.slf4j.simple.SimpleServiceProvider";
  private static final String LOGBACK = "ch.qos.logback.classic.spi.LogbackServiceProvider";

  private static final String LOGBACK_FILE = "logback.configurationFile";
  private static final String LOGBACK_LEVEL = "dev.voting.operator.log.level";

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logs() {}

  /** Lines for people, until a command wants it otherwise. */
  public static void text() {
    provider(SIMPLE);
  }

  static void configure(Level level, Format format) {
    switch (format) {
      case TEXT -> {
        provider(SIMPLE);
        simple(level);
      }
      case JSON -> {
        provider(LOGBACK);
        System.setProperty(LOGBACK_FILE, "dev/voting/operator/logback.xml");
        System.setProperty(LOGBACK_LEVEL, level.toString());
      }
    }
  }

  private static void provider(String name) {
    System.setProperty(PROVIDER, name);
    // Or slf4j would print a line, which is not JSON, that the provider is chosen.
    System.setProperty("slf4j.internal.verbosity", "WARN");
  }

  private static void simple(Level level) {
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
