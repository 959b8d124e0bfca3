package dev.voting.api.results;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The results of each round of the poll, as the database has last said. */
public final class Rounds {
  private volatile Map<String, RenderedResults> rounds = Map.of();

  /** The results of a round, or nothing if it is unknown. */
  Optional<RenderedResults> of(String round) {
    return Optional.ofNullable(rounds.get(round));
  }

  /** Whether nothing was read yet. */
  boolean isEmpty() {
    return rounds.isEmpty();
  }

  /**
   * Takes what was read. Called by one thread.
   *
   * @param all whether there are no other rounds
   */
  void arrived(Collection<Results> read, boolean all) {
    Map<String, RenderedResults> now = new HashMap<>(all ? Map.of() : rounds);
    for (Results results : read) {
      RenderedResults known = rounds.get(results.round());
      now.put(
          results.round(),
          known != null && known.results().equals(results) ? known : RenderedResults.of(results));
    }
    rounds = Map.copyOf(now);
  }
}
