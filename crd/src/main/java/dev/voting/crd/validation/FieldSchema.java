package dev.voting.crd.validation;

import com.fasterxml.jackson.databind.JsonNode;

/** What a schema says of one field of an object. */
final class FieldSchema {

  private FieldSchema() {}

  /**
   * The field's own schema, or else the one of all that have none of their own.
   *
   * @return no object when the schema does not know such a field
   */
  static JsonNode of(String field, JsonNode schema) {
    JsonNode property = schema.path("properties").path(field);
    return property.isMissingNode() ? schema.path("additionalProperties") : property;
  }
}
