package dev.voting.consumer.store;

import java.util.Optional;

/**
 * The answer to a declaration.
 *
 * @param outcome what became of it
 * @param problem what it breaks, if it is refused
 * @param inForce what is in force now; absent in a database without any poll
 */
public record DeclaredPoll(Outcome outcome, Optional<String> problem, Optional<InForce> inForce) {

  /** What became of a declaration. */
  public enum Outcome {
    DECLARED,
    UNCHANGED,
    /** The same VotingApp declared a newer one. */
    STALE,
    CONFLICT
  }

  /**
   * The poll in force.
   *
   * @param seq number of the definition
   * @param opensAt as in the definition
   * @param closesAt as in the definition
   * @param isFinal whether nothing can change its totals
   * @param document what Redis holds of it
   */
  public record InForce(
      String round,
      int revision,
      long seq,
      Optional<String> opensAt,
      Optional<String> closesAt,
      boolean isFinal,
      String document) {}
}
