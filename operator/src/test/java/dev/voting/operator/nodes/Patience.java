package dev.voting.operator.nodes;

import java.time.Duration;

/** How long is waited, and how long an outage may be: longer on a slow cluster. */
final class Patience {

  private static final int FACTOR = Integer.getInteger("nodes.patience", 1);

  private Patience() {}

  static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds).multipliedBy(FACTOR);
  }

  static Duration minutes(long minutes) {
    return seconds(60 * minutes);
  }
}
