package dev.voting.operator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.crd.validation.CrdValidator;
import dev.voting.crd.validation.Violation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What an API server would say of one object: first what every object needs, then the schema. */
public final class Validation {

  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int LONGEST_NAME = 253;

  private static final Set<String> METADATA =
      Set.of(
          "name",
          "labels",
          "annotations",
          "finalizers",
          "ownerReferences",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "managedFields",
          "selfLink");

  private final CrdValidator validator;

  /** By the schema and the rules of the CRD. */
  public Validation() {
    this(CrdValidator.of(VotingAppCrd.read(), VotingApp.VERSION));
  }

  Validation(CrdValidator validator) {
    this.validator = validator;
  }

  /**
   * Validates an object.
   *
   * @return errors that each begin with the path of a field, all at once
   */
  public List<String> validate(ObjectNode object) {
    var errors = new ArrayList<String>();
    must(object, "apiVersion", HasMetadata.getApiVersion(VotingApp.class), errors);
    must(object, "kind", HasMetadata.getKind(VotingApp.class), errors);
    if (!errors.isEmpty()) {
      // Its other fields are another kind's.
      return errors;
    }
    validateMetadata(object.path("metadata"), errors);
    validator
        .unknownFields(object)
        .forEach(field -> errors.add(field + ": unknown field: is it misspelled?"));
    var complete = validator.defaulted(object);
    if (!complete.path("metadata").path("name").isTextual()) {
      // Reported above; the rules, which ask for it, validate all the rest.
      complete.putObject("metadata").put("name", "");
    }
    validator.validate(complete).forEach(violation -> errors.add(text(violation)));
    return errors;
  }

  /** Without the path where there is none. */
  private static String text(Violation violation) {
    return violation.field().equals(Violation.WHOLE)
        ? violation.message().replaceFirst("^Invalid value: (null: )?", "")
        : violation.toString();
  }

  private static void must(ObjectNode object, String field, String wanted, List<String> errors) {
    var actual = object.path(field);
    if (actual.isMissingNode() || actual.isNull()) {
      errors.add("%s: Required value: must be %s".formatted(field, wanted));
    } else if (!actual.asText().equals(wanted)) {
      errors.add("%s: Invalid value: %s: must be %s".formatted(field, actual, wanted));
    }
  }

  private static void validateMetadata(JsonNode metadata, List<String> errors) {
    var name = metadata.path("name");
    if (!name.isTextual() || name.asText().isEmpty()) {
      errors.add("metadata.name: Required value: every VotingApp needs a name");
    } else if (name.asText().length() > LONGEST_NAME || !NAME.matcher(name.asText()).matches()) {
      errors.add(
          "metadata.name: Invalid value: %s: must consist of lower case letters, digits and dashes, and begin and end with a letter or digit"
              .formatted(name));
    }
    metadata
        .properties()
        .forEach(
            field -> {
              if (field.getKey().equals("namespace")) {
                errors.add("metadata.namespace: Forbidden: a VotingApp is in no namespace");
              } else if (!METADATA.contains(field.getKey())) {
                errors.add("metadata." + field.getKey() + ": unknown field: is it misspelled?");
              }
            });
    for (var map : List.of("labels", "annotations")) {
      metadata
          .path(map)
          .properties()
          .forEach(
              entry -> {
                if (!entry.getValue().isTextual()) {
                  errors.add(
                      "metadata.%s.%s: Invalid value: %s: must be a string: put it in quotes"
                          .formatted(map, entry.getKey(), entry.getValue()));
                }
              });
    }
  }
}
