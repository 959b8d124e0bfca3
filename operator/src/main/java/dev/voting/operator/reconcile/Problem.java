package dev.voting.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/**
 * Something that keeps a VotingApp from being made as it should be.
 *
 * @param reason one word for machines, as in a condition
 * @param message for people: what is wrong, and what to do about it
 */
public record Problem(String reason, String message) {

  /** Tells why the API server refused an object. */
  static Problem refused(ObjectKey object, KubernetesClientException refusal) {
    var said = said(refusal);
    return switch (refusal.getCode()) {
      case 403 -> forbidden(object, said);
      case 404 -> new Problem("NotServed", object + " has no place on this cluster: " + said);
      case 422 -> new Problem("Invalid", object + " is refused as invalid: " + said);
      // No answer at all, or none to the end.
      case -1, 0 -> new Problem("ClusterUnreachable", "the API server does not answer: " + said);
      default -> new Problem("ApplyFailed", object + " could not be applied: " + said);
    };
  }

  /** What the API server said, without what the client library adds. */
  static String said(KubernetesClientException refusal) {
    return Optional.ofNullable(refusal.getStatus())
        .map(status -> status.getMessage())
        .orElse(refusal.getMessage());
  }

  private static Problem forbidden(ObjectKey object, String said) {
    if (said.contains("exceeded quota")) {
      return new Problem(
          "QuotaExceeded", object + " does not fit the quota; raise it, or ask for less: " + said);
    }
    if (said.contains("being terminated")) {
      return new Problem(
          "NamespaceTerminating", object + " waits for its namespace to be gone: " + said);
    }
    return new Problem(
        "Forbidden",
        object + " is forbidden to the operator; install the RBAC of this version: " + said);
  }
}
