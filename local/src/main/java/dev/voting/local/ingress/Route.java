package dev.voting.local.ingress;

import java.util.List;
import java.util.Map;

/** The destination of a request. */
sealed interface Route {

  /**
   * To one of these ports of this machine.
   *
   * @param ports of the ready pods; none if no pod is ready
   * @param maxBodyBytes the rule's limit for a request's body; 0 for no limit
   * @param headers to set in the answer, in place of the Service's own
   */
  record Backend(
      String service, List<Integer> ports, long maxBodyBytes, Map<String, String> headers)
      implements Route {}

  /** Nowhere: no rule matches. */
  record None() implements Route {}
}
