package dev.voting.crd.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Fills the defaults of a schema into an object, from the outside in. A field that is null and may
 * not be counts as left out, as {@code image:} with nothing behind it does.
 */
final class SchemaDefaults {

  private SchemaDefaults() {}

  static void fill(JsonNode value, JsonNode schema) {
    if (value instanceof ObjectNode object) {
      schema
          .path("properties")
          .properties()
          .forEach(property -> fillField(object, property.getKey(), property.getValue()));
      JsonNode additional = schema.path("additionalProperties");
      if (additional.isObject()) {
        object.forEach(element -> fill(element, additional));
      }
    } else if (value.isArray()) {
      value.forEach(element -> fill(element, schema.path("items")));
    }
  }

  private static void fillField(ObjectNode object, String name, JsonNode schema) {
    JsonNode value = object.get(name);
    boolean nullCounts = schema.path("nullable").asBoolean(false);
    if (schema.has("default") && (value == null || value.isNull() && !nullCounts)) {
      value = schema.get("default").deepCopy();
      object.set(name, value);
    } else if (value != null && value.isNull() && !nullCounts) {
      object.remove(name);
      return;
    }
    if (value != null) {
      fill(value, schema);
    }
  }
}
