package dev.voting.crd.validation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/** Finds the fields of an object that its schema does not know. */
final class UnknownFields {

  private static final Set<String> OF_EVERY_OBJECT = Set.of("apiVersion", "kind", "metadata");

  private UnknownFields() {}

  static void collect(JsonNode value, JsonNode schema, String path, List<String> unknown) {
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        collect(value.get(i), schema.path("items"), path + "[" + i + "]", unknown);
      }
      return;
    }
    boolean keepsAll =
        schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)
            || !schema.has("properties") && !schema.path("additionalProperties").isObject();
    value
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              if (path.isEmpty() && OF_EVERY_OBJECT.contains(name)) {
                return;
              }
              String below = path.isEmpty() ? name : path + "." + name;
              JsonNode known = FieldSchema.of(name, schema);
              if (known.isObject()) {
                collect(field.getValue(), known, below, unknown);
              } else if (!keepsAll) {
                unknown.add(below);
              }
            });
  }
}
