package dev.voting.operator.status;

import dev.voting.crd.VotingApp;

/** Reports what happens by Kubernetes Events. */
@FunctionalInterface
public interface EventRecorder {

  /**
   * Reports something that happened.
   *
   * @param type {@code Normal} or {@code Warning}
   */
  void report(VotingApp app, String type, String reason, String message);
}
