package dev.voting.local.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.crd.validation.CrdValidator;
import dev.voting.crd.validation.Violation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Validates VotingApps as a cluster would on {@code kubectl apply}. */
public final class Validation {
  /** It prefixes the names of namespaces, so the same characters are allowed. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final CrdValidator validator = CrdValidator.of(VotingAppCrd.read(), VotingApp.VERSION);

  /** All errors of the VotingApps of a file, one line each, with the field's path. */
  public List<String> errors(Manifest manifest) {
    List<String> errors = new ArrayList<>();
    for (GenericKubernetesResource object : manifest.objects()) {
      if (isVotingApp(object)) {
        errors(object).forEach(error -> errors.add(manifest.file() + ": " + error));
      }
    }
    return errors;
  }

  public static boolean isVotingApp(GenericKubernetesResource object) {
    return object.getKind().equals("VotingApp")
        && object.getApiVersion().startsWith(VotingApp.GROUP + "/");
  }

  private List<String> errors(GenericKubernetesResource app) {
    if (!app.getApiVersion().equals(VotingApp.GROUP + "/" + VotingApp.VERSION)) {
      return List.of(
          "apiVersion: must be " + VotingApp.GROUP + "/" + VotingApp.VERSION + " for a VotingApp");
    }
    ObjectNode object = serialization.convertValue(app, ObjectNode.class);
    List<String> errors = new ArrayList<>();
    if (!NAME.matcher(app.getMetadata().getName()).matches()) {
      errors.add(
          "metadata.name: Invalid value: \"%s\": must consist of lower-case letters, digits and '-', and start and end with a letter or digit"
              .formatted(app.getMetadata().getName()));
    }
    validator.unknownFields(object).forEach(field -> errors.add(field + ": unknown field"));
    validator.validate(validator.defaulted(object)).stream()
        // It only reports that rules were not reached because of the other errors.
        .filter(violation -> errors.isEmpty() || !violation.field().equals(Violation.WHOLE))
        .filter(violation -> !violation.message().contains("rules were not checked"))
        .forEach(violation -> errors.add(violation.toString()));
    return errors;
  }
}
