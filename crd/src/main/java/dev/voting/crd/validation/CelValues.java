package dev.voting.crd.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON as CEL sees it. */
final class CelValues {

  /** Names that are words of CEL itself, so that a field of that name is written otherwise. */
  private static final Set<String> WORDS =
      Set.of(
          "true",
          "false",
          "null",
          "in",
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return");

  private CelValues() {}

  /**
   * Turns a value into what rules work on.
   *
   * @param whole whether it is the whole object, of whose metadata rules see the name only
   */
  static Object of(JsonNode value, JsonNode schema, boolean whole) {
    return switch (value.getNodeType()) {
      case STRING -> value.asText();
      case BOOLEAN -> value.asBoolean();
      case NUMBER ->
          schema.path("type").asText("").equals("number") || !value.isIntegralNumber()
              ? (Object) value.asDouble()
              : (Object) value.asLong();
      case ARRAY -> list(value, schema);
      case OBJECT -> object(value, schema, whole);
      default -> NullValue.NULL_VALUE;
    };
  }

  private static List<Object> list(JsonNode value, JsonNode schema) {
    List<Object> list = new ArrayList<>();
    value.forEach(element -> list.add(of(element, schema.path("items"), false)));
    return list;
  }

  private static Map<String, Object> object(JsonNode value, JsonNode schema, boolean whole) {
    Map<String, Object> map = new LinkedHashMap<>();
    value
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              if (whole && name.equals("metadata")) {
                map.put(name, metadata(field.getValue()));
              } else if (schema.path("properties").has(name)) {
                JsonNode property = schema.path("properties").path(name);
                map.put(escaped(name), of(field.getValue(), property, false));
              } else {
                map.put(name, of(field.getValue(), schema.path("additionalProperties"), false));
              }
            });
    return map;
  }

  private static Map<String, Object> metadata(JsonNode metadata) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String field : List.of("name", "generateName")) {
      if (metadata.has(field)) {
        map.put(field, metadata.get(field).asText());
      }
    }
    return map;
  }

  /** The name by which rules reach a field whose own name is not one that CEL can read. */
  private static String escaped(String name) {
    if (WORDS.contains(name)) {
      return "__" + name + "__";
    }
    return name.replace("__", "__underscores__")
        .replace(".", "__dot__")
        .replace("-", "__dash__")
        .replace("/", "__slash__");
  }
}
