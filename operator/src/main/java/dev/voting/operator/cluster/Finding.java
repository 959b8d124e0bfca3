package dev.voting.operator.cluster;

import dev.voting.crd.UnreadableField;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Something that keeps a VotingApp from being made as it should be.
 *
 * @param reason one word for machines, as in a condition
 * @param message for people: what is wrong, and what to do about it
 */
public record Finding(String reason, String message) {

  /** Somebody's rule of the cluster, as the API server names it, whatever code it answers with. */
  private static final Pattern POLICY =
      Pattern.compile(
          "(?<policy>ValidatingAdmissionPolicy '[^']+'|admission webhook \"[^\"]+\").* denied (the )?request",
          Pattern.DOTALL);

  /** Reports why the API server refused an object. */
  public static Finding refused(ObjectKey object, KubernetesClientException refusal) {
    var said = said(refusal);
    var policy = policy(refusal);
    if (policy.isPresent()) {
      return new Finding(
          "RefusedByPolicy",
          object + " is refused by the policy of the cluster, " + policy.get() + ": " + said);
    }
    return switch (refusal.getCode()) {
      case 403 -> forbidden(object, said);
      case 404 -> new Finding("NotServed", object + " has no place on this cluster: " + said);
      case 422 -> invalid(object, said);
      // No answer at all, or none to the end.
      case -1, 0 -> new Finding("ClusterUnreachable", "the API server does not answer: " + said);
      default -> new Finding("ApplyFailed", object + " could not be applied: " + said);
    };
  }

  /** Reports why an object could not be deleted, to be re-created or because it is not wanted. */
  public static Finding notDeleted(ObjectKey object, KubernetesClientException refusal) {
    var problem = refused(object, refusal);
    return new Finding(problem.reason(), "the operator may not delete: " + problem.message());
  }

  /** Reports what kept the operator from going on, other than that an object was refused. */
  public static Finding failed(RuntimeException failure) {
    if (!(failure instanceof KubernetesClientException refusal)) {
      return new Finding(
          "InternalError",
          "the operator failed, which is an error of its own; see its log: " + failure);
    }
    var said = said(refusal);
    return switch (refusal.getCode()) {
      case 403 ->
          new Finding(
              "Forbidden", "the operator may not read; install the RBAC of this version: " + said);
      case 0 -> new Finding("ClusterUnreachable", "the API server does not answer: " + said);
      default -> new Finding("ApplyFailed", "the API server failed: " + said);
    };
  }

  /** Reports what of a spec only another version of the operator understands. */
  public static Finding notUnderstood(List<UnreadableField> fields) {
    return new Finding(
        "NotUnderstood",
        "this version of the operator does not understand %s; it leaves this VotingApp as it is: install the operator of the definition's version, or choose what this one understands"
            .formatted(fields.stream().map(Finding::described).collect(Collectors.joining(", "))));
  }

  private static String described(UnreadableField field) {
    return field.understood().isEmpty()
        ? "%s: %s".formatted(field.field(), field.value())
        : "%s: %s (it understands %s)"
            .formatted(field.field(), field.value(), String.join(", ", field.understood()));
  }

  /** The same, of the Secret that the operator keeps the credentials in. */
  public Finding notStored() {
    return new Finding(
        "CredentialsNotStored",
        "the credentials cannot be stored, so no new ones come into force: " + message);
  }

  /** The policy or webhook of the cluster that refused something, if one did. */
  public static Optional<String> policy(KubernetesClientException refusal) {
    var match = POLICY.matcher(said(refusal));
    return match.find() ? Optional.of(match.group("policy")) : Optional.empty();
  }

  /** What the API server said, without what the client library adds. */
  public static String said(KubernetesClientException refusal) {
    return Optional.ofNullable(refusal.getStatus())
        .map(Status::getMessage)
        .orElse(refusal.getMessage());
  }

  private static Finding invalid(ObjectKey object, String said) {
    var isImmutable = said.contains("field is immutable when `immutable` is set");
    return new Finding(
        "Invalid",
        object
            + " is refused as invalid: "
            + said
            + (isImmutable && object.kind().equals("Secret")
                ? ". Somebody made the Secret immutable; delete it: it is re-created with the same"
                    + " content, and then changed"
                : ""));
  }

  private static Finding forbidden(ObjectKey object, String said) {
    if (said.contains("exceeded quota")) {
      return new Finding(
          "QuotaExceeded", object + " does not fit the quota; raise it, or ask for less: " + said);
    }
    if (said.contains("being terminated")) {
      return new Finding(
          "NamespaceTerminating", object + " waits for its namespace to be deleted: " + said);
    }
    return new Finding(
        "Forbidden",
        object + " is forbidden to the operator; install the RBAC of this version: " + said);
  }
}
