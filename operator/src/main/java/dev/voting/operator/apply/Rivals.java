package dev.voting.operator.apply;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Who else writes the fields of an object that the operator applies. */
final class Rivals {

  private static final Pattern MANAGER = Pattern.compile("conflict with \"([^\"]+)\"");

  private Rivals() {}

  /** By the conflicts that an apply met; empty when it met none. */
  static Optional<Finding> of(ObjectKey object, KubernetesClientException refusal) {
    var causes =
        Optional.ofNullable(refusal.getStatus())
            .map(Status::getDetails)
            .map(StatusDetails::getCauses)
            .orElse(List.of())
            .stream()
            .filter(cause -> "FieldManagerConflict".equals(cause.getReason()))
            .toList();
    var managers =
        causes.stream()
            .map(StatusCause::getMessage)
            .map(MANAGER::matcher)
            .filter(matcher -> matcher.find())
            .map(matcher -> matcher.group(1))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    var fields =
        causes.stream()
            .map(StatusCause::getField)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return managers.isEmpty()
        ? Optional.empty()
        : Optional.of(contested(object, managers, " sets " + fields));
  }

  /** By who wrote it last, as one that takes fields away owns none. */
  static Optional<Finding> latest(ObjectKey object, HasMetadata actual) {
    return actual.getMetadata().getManagedFields().stream()
        .filter(entry -> !Names.OPERATOR.equals(entry.getManager()))
        .filter(entry -> entry.getSubresource() == null && entry.getTime() != null)
        .max(Comparator.comparing(ManagedFieldsEntry::getTime))
        .map(entry -> contested(object, entry.getManager(), " changes it"));
  }

  private static Finding contested(ObjectKey object, String manager, String what) {
    return new Finding(
        "FieldContested",
        ("%s again and again: field manager %s%s, which the operator reverts with a growing"
                + " delay of up to two minutes: have the other one leave it alone")
            .formatted(object, manager, what));
  }
}
