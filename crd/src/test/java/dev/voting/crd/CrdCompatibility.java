package dev.voting.crd;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What a changed CRD would break for objects that exist, and for programs that read them. */
final class CrdCompatibility {

  private final List<String> breaks = new ArrayList<>();

  private CrdCompatibility() {}

  /**
   * Compares two definitions.
   *
   * @return one line for each break, with the field; empty when there is none
   */
  static List<String> breaks(CustomResourceDefinition before, CustomResourceDefinition after) {
    var comparison = new CrdCompatibility();
    for (var version : before.getSpec().getVersions()) {
      after.getSpec().getVersions().stream()
          .filter(candidate -> candidate.getName().equals(version.getName()))
          .findFirst()
          .ifPresentOrElse(
              found -> comparison.compare("", schema(version), schema(found)),
              () -> comparison.breaks.add("version " + version.getName() + " is removed"));
    }
    return comparison.breaks;
  }

  private static JSONSchemaProps schema(CustomResourceDefinitionVersion version) {
    return version.getSchema().getOpenAPIV3Schema();
  }

  private void compare(String path, JSONSchemaProps before, JSONSchemaProps after) {
    if (!Objects.equals(before.getType(), after.getType())
        || !Objects.equals(before.getXKubernetesIntOrString(), after.getXKubernetesIntOrString())) {
      breaks.add(path + " is of another type");
    }
    if (after.getEnum() != null && !after.getEnum().isEmpty()) {
      before.getEnum().stream()
          .filter(value -> !after.getEnum().contains(value))
          .forEach(value -> breaks.add(path + " no longer takes " + value));
    }
    after.getRequired().stream()
        .filter(field -> !before.getRequired().contains(field))
        .forEach(field -> breaks.add(path + "." + field + " is required now"));
    before
        .getProperties()
        .forEach(
            (name, property) -> {
              var field = path.isEmpty() ? name : path + "." + name;
              var found = after.getProperties().get(name);
              if (found == null) {
                breaks.add(field + " is removed");
              } else {
                compare(field, property, found);
              }
            });
    if (before.getItems() != null && after.getItems() != null) {
      compare(path + "[]", before.getItems().getSchema(), after.getItems().getSchema());
    }
  }
}
