package dev.voting.api.results;

import java.time.Instant;
import java.util.Optional;

/** Receives the results. Called by one thread; must be quick. */
interface Audience {

  /** The results have changed. */
  void changed(RenderedResults results);

  /**
   * Nothing has changed for a while.
   *
   * @param at when the results were last known to be current; nothing while there are none
   */
  void unchanged(Optional<Instant> at);

  /** How many there are. */
  int size();
}
