package dev.voting.crd.validation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Which element of an old list is the same as one of a new list. */
final class Correlation {

  private Correlation() {}

  /** The old element with the same keys, or null; only lists of type map have such. */
  static JsonNode element(JsonNode oldList, JsonNode element, JsonNode schema) {
    if (oldList == null || !schema.path("x-kubernetes-list-type").asText("").equals("map")) {
      return null;
    }
    List<JsonNode> keys = keys(element, schema);
    for (JsonNode candidate : oldList) {
      if (keys(candidate, schema).equals(keys)) {
        return candidate;
      }
    }
    return null;
  }

  static List<JsonNode> keys(JsonNode element, JsonNode schema) {
    List<JsonNode> keys = new ArrayList<>();
    schema
        .path("x-kubernetes-list-map-keys")
        .forEach(
            key ->
                keys.add(
                    element.has(key.asText())
                        ? element.get(key.asText())
                        : schema
                            .path("items")
                            .path("properties")
                            .path(key.asText())
                            .path("default")));
    return keys;
  }
}
