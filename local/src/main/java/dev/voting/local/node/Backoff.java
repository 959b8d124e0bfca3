package dev.voting.local.node;

import java.time.Duration;

/**
 * How long a container that ended waits before it is started again: half a second at first, twice
 * as long each time, a minute at most; at once again after it has run well for a minute. A kubelet
 * counts from ten seconds to five minutes, but nobody waits that long in front of a terminal.
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
