package dev.voting.api.results;

import java.time.Instant;
import java.util.Optional;

/** Who is told of the results. Called by one thread; must be quick. */
interface Audience {

  /** The results are other than before. */
  void changed(RenderedResults results);

  /**
   * Nobody was told anything for a while, as nothing has changed.
   *
   * @param at when the results were last known to be right; nothing while there are none
   */
  void unchanged(Optional<Instant> at);

  /** How many there are. */
  int size();
}
