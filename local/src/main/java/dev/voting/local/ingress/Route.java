package dev.voting.local.ingress;

import java.util.List;
import java.util.Map;

/** Where a request is to go. */
sealed interface Route {

  /**
   * To one of these ports of this machine.
   *
   * @param ports of the ready pods; none means that nobody can answer now
   * @param maxBodyBytes what the rule allows a request's body to be; 0 means any size
   * @param headers that the answer is given, in place of the Service's own
   */
  record Backend(
      String service, List<Integer> ports, long maxBodyBytes, Map<String, String> headers)
      implements Route {}

  /** Nowhere: no rule matches. */
  record None() implements Route {}
}
