package dev.voting.local.node;

import java.time.Duration;

/**
 * The delay before a container is restarted: half a second at first, twice as long each time, a
 * minute at most; none after it has run for a minute. A kubelet uses ten seconds to five minutes,
 * which is too long in front of a terminal.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofMinutes(1);
  private static final Duration RAN_WELL = Duration.ofMinutes(1);

  private Duration next = FIRST;

  /** The wait after a run of this length. */
  Duration after(Duration run) {
    if (run.compareTo(RAN_WELL) >= 0) {
      next = FIRST;
    }
    Duration wait = next;
    next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
    return wait;
  }
}
