package dev.voting.api.results;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The count, as the database has it.
 *
 * @param round of the poll; empty for cats and dogs
 * @param seq number of the definition that the options are of
 * @param version grows whenever a total of the round changes
 * @param hidden whether no option's count may be known yet; then none is known here
 * @param isFinal whether nothing can change it any more
 * @param tallies of each option, in order
 * @param total of all votes, also while they are hidden
 * @param lastUpdated when a counter last changed; nothing before the first vote
 */
public record Results(
    String round,
    long seq,
    long version,
    boolean hidden,
    boolean isFinal,
    List<Tally> tallies,
    long total,
    Optional<Instant> lastUpdated) {

  /**
   * The count of one option.
   *
   * @param key its name in requests and results
   * @param label its name for people
   * @param count 0 while hidden
   */
  public record Tally(String key, String label, long count) {}

  /** The count without a poll. */
  public static Results catsAndDogs(long cats, long dogs, Optional<Instant> lastUpdated) {
    return new Results(
        "",
        0,
        0,
        false,
        false,
        List.of(new Tally("cats", "cats", cats), new Tally("dogs", "dogs", dogs)),
        cats + dogs,
        lastUpdated);
  }

  public boolean ofPoll() {
    return !round.isEmpty();
  }

  /** Hundredths of percent of all votes, of each option; all 0 when there are none. */
  public long[] shares() {
    return Percentages.hundredths(tallies.stream().mapToLong(Tally::count).toArray());
  }
}
