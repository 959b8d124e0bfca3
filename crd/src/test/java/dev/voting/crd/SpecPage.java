package dev.voting.crd;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes the page about the spec from the CRD, so that both say the same. */
final class SpecPage {

  static final Path COMMITTED = Path.of("../docs/spec.md");

  private static final String HEAD =
      """
      <!-- Generated from the CRD, by: mvn -pl crd test -Dcrd.write -->
      # The spec of a VotingApp

      `voting.dev/v1alpha1`, cluster-scoped, short name `va`. Every field has a default: `spec: {}` is
      whole. [The smallest example](../examples/votingapp.yaml). What the API server can check by
      itself it refuses at `kubectl apply`, naming the field; the rest becomes a condition, see
      [operations](operations.md).

      """;

  private SpecPage() {}

  static String generate() {
    var root = VotingAppCrd.read().getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
    var spec = root.getProperties().get("spec");
    var page = new StringBuilder(HEAD);
    section(page, "spec", spec, false);
    page.append("## Rules\n\nBeyond each field's own bounds:\n\n");
    var rules = new ArrayList<String>();
    rules("", root, rules);
    rules.stream().distinct().forEach(rule -> page.append("- ").append(rule).append('\n'));
    return page.toString();
  }

  private static void section(
      StringBuilder page, String path, JSONSchemaProps schema, boolean describe) {
    page.append("## `").append(path).append("`\n\n");
    if (describe) {
      page.append(schema.getDescription()).append("\n\n");
    }
    page.append("| field | type | default | bounds | |\n|---|---|---|---|---|\n");
    fields("", schema, page);
    page.append('\n');
    if (path.equals("spec")) {
      components(schema)
          .forEach(entry -> section(page, "spec." + entry, property(schema, entry), true));
    }
  }

  /** At the top only plain fields; the objects have a section each. */
  private static void fields(String prefix, JSONSchemaProps schema, StringBuilder page) {
    schema.getProperties().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            field -> {
              var value = field.getValue();
              var name = prefix + field.getKey();
              page.append(
                  "| `%s` | %s | %s | %s | %s |%n"
                      .formatted(name, type(value), byDefault(value), bounds(value), text(value)));
              var isSection =
                  prefix.isEmpty()
                      && schema.getProperties().containsKey("postgres")
                      && schema.getProperties().containsKey("frontend");
              if (!isSection && !value.getProperties().isEmpty()) {
                fields(name + ".", value, page);
              }
              if (value.getItems() != null) {
                fields(name + "[].", value.getItems().getSchema(), page);
              }
            });
  }

  private static List<String> components(JSONSchemaProps spec) {
    return spec.getProperties().entrySet().stream()
        .filter(field -> !field.getValue().getProperties().isEmpty())
        .map(Map.Entry::getKey)
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private static JSONSchemaProps property(JSONSchemaProps schema, String name) {
    return schema.getProperties().get(name);
  }

  private static String type(JSONSchemaProps schema) {
    if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
      return "quantity";
    }
    return schema.getType().equals("array")
        ? "list of " + schema.getItems().getSchema().getType()
        : schema.getType();
  }

  private static String byDefault(JSONSchemaProps schema) {
    JsonNode value = schema.getDefault();
    return value == null || value.isContainerNode() ? "" : "`" + value.asText() + "`";
  }

  private static String bounds(JSONSchemaProps schema) {
    var bounds = new ArrayList<String>();
    Optional.ofNullable(schema.getEnum())
        .filter(values -> !values.isEmpty())
        .map(values -> values.stream().map(v -> "`" + v.asText() + "`"))
        .ifPresent(values -> bounds.add(values.collect(Collectors.joining(", "))));
    if (schema.getMinimum() != null && schema.getMaximum() != null) {
      bounds.add(
          "%d to %d".formatted(schema.getMinimum().longValue(), schema.getMaximum().longValue()));
    }
    Optional.ofNullable(schema.getMaxItems()).ifPresent(max -> bounds.add("at most " + max));
    Optional.ofNullable(schema.getMaxProperties()).ifPresent(max -> bounds.add("at most " + max));
    return String.join("; ", bounds);
  }

  private static String text(JSONSchemaProps schema) {
    return schema.getDescription().replace("|", "\\|").replace("<", "&lt;");
  }

  private static void rules(String path, JSONSchemaProps schema, List<String> rules) {
    if (schema.getXKubernetesValidations() != null) {
      schema
          .getXKubernetesValidations()
          .forEach(
              rule ->
                  rules.add(
                      (path.isEmpty() ? "" : "`" + path.substring(1) + "`: ")
                          + rule.getMessage().replace("<", "&lt;")));
    }
    schema.getProperties().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(field -> rules(path + "." + field.getKey(), field.getValue(), rules));
  }
}
