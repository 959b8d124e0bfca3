package dev.voting.operator.run;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.util.Optional;

/**
 * How the operator runs, where that is not always the same.
 *
 * @param leaderElection lets one of several operators act at a time; empty for an operator that is
 *     alone
 * @param metrics takes what the operator counts
 */
public record Settings(Optional<LeaderElection> leaderElection, Metrics metrics) {

  /** Alone, and counting nothing. */
  public static final Settings DEFAULT = new Settings(Optional.empty(), Metrics.NOOP);

  /**
   * Leader election by a Lease.
   *
   * @param namespace of the Lease
   * @param identity distinguishes this operator from the others
   */
  public record LeaderElection(String namespace, String identity) {}
}
