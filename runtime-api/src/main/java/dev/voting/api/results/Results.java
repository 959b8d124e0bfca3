package dev.voting.api.results;

import java.time.Instant;
import java.util.Optional;

/**
 * The count, as the database has it.
 *
 * @param cats votes for cats
 * @param dogs votes for dogs
 * @param lastUpdated when a counter last changed; nothing before the first vote
 */
public record Results(long cats, long dogs, Optional<Instant> lastUpdated) {

  public long total() {
    return cats + dogs;
  }

  /** Percent of all votes, two decimals; 0 when there are none. */
  public double catsPercentage() {
    return Percentages.hundredths(cats, dogs)[0] / 100.0;
  }

  /** Percent of all votes, two decimals; 0 when there are none. */
  public double dogsPercentage() {
    return Percentages.hundredths(cats, dogs)[1] / 100.0;
  }
}
