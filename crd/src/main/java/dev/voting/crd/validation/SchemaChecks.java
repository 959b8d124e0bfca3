package dev.voting.crd.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The checks that an OpenAPI schema asks for, in the words of a Kubernetes API server. */
final class SchemaChecks {

  private final List<Violation> violations;

  SchemaChecks(List<Violation> violations) {
    this.violations = violations;
  }

  void check(JsonNode value, JsonNode old, JsonNode schema, String path) {
    if (old != null && old.equals(value)) {
      return;
    }
    if (value.isNull() && schema.path("nullable").asBoolean(false)) {
      return;
    }
    if (!hasType(value, schema, path)) {
      return;
    }
    enumeration(value, schema, path);
    if (value.isTextual()) {
      text(value.asText(), schema, path);
    } else if (value.isNumber()) {
      number(value, schema, path);
    } else if (value.isArray()) {
      list(value, old, schema, path);
    } else if (value.isObject()) {
      object(value, old, schema, path);
    }
    combinations(value, schema, path);
  }

  private void invalid(String path, String value, String what) {
    violations.add(Violation.invalid(path, value + ": " + path + " in body " + what));
  }

  private boolean hasType(JsonNode value, JsonNode schema, String path) {
    String wanted = schema.path("type").asText("");
    if (schema.path("x-kubernetes-int-or-string").asBoolean(false)) {
      wanted = "integer,string";
    }
    String actual = typeOf(value);
    boolean right =
        wanted.isEmpty()
            || List.of(wanted.split(",")).contains(actual)
            || wanted.equals("number") && value.isNumber();
    if (!right) {
      invalid(path, quote(actual), "must be of type " + wanted + ": " + quote(actual));
    }
    return right;
  }

  private static String typeOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case ARRAY -> "array";
      case NULL -> "null";
      case NUMBER ->
          value.isIntegralNumber()
                  || isFinite(value) && value.decimalValue().stripTrailingZeros().scale() <= 0
              ? "integer"
              : "number";
      default -> "object";
    };
  }

  /** A number such as 1e999 is read as infinite. */
  private static boolean isFinite(JsonNode number) {
    return !number.isFloatingPointNumber() || Double.isFinite(number.doubleValue());
  }

  private static String quote(String text) {
    return "\"" + text + "\"";
  }

  private void enumeration(JsonNode value, JsonNode schema, String path) {
    JsonNode allowed = schema.path("enum");
    if (!allowed.isArray() || contains(allowed, value)) {
      return;
    }
    String list =
        StreamSupport.stream(allowed.spliterator(), false)
            .map(JsonNode::toString)
            .collect(Collectors.joining(", "));
    violations.add(
        Violation.of(
            path,
            "FieldValueNotSupported",
            "Unsupported value: " + value + ": supported values: " + list));
  }

  private static boolean contains(JsonNode list, JsonNode value) {
    return StreamSupport.stream(list.spliterator(), false).anyMatch(value::equals);
  }

  /** Reports the first that is wrong, as an API server does. */
  private void text(String text, JsonNode schema, String path) {
    int length = text.codePointCount(0, text.length());
    if (schema.has("maxLength") && length > schema.get("maxLength").asLong()) {
      violations.add(
          Violation.of(
              path,
              "FieldValueTooLong",
              "Too long: may not be more than " + schema.get("maxLength").asLong() + " bytes"));
      return;
    }
    if (schema.has("minLength") && length < schema.get("minLength").asLong()) {
      invalid(
          path,
          quote(text),
          "should be at least " + schema.get("minLength").asLong() + " chars long");
      return;
    }
    // The same engine, and so the same syntax, as Kubernetes has.
    if (schema.has("pattern")
        && !Pattern.compile(schema.get("pattern").asText()).matcher(text).find()) {
      invalid(path, quote(text), "should match '" + schema.get("pattern").asText() + "'");
    }
  }

  private void number(JsonNode value, JsonNode schema, String path) {
    if (!isFinite(value)) {
      invalid(path, value.toString(), "must be a number that is not infinite");
      return;
    }
    BigDecimal number = value.decimalValue();
    if (schema.has("maximum")) {
      int compared = number.compareTo(schema.get("maximum").decimalValue());
      boolean exclusive = schema.path("exclusiveMaximum").asBoolean(false);
      if (compared > 0 || exclusive && compared == 0) {
        invalid(
            path,
            value.toString(),
            "should be less than " + (exclusive ? "" : "or equal to ") + plain(schema, "maximum"));
      }
    }
    if (schema.has("minimum")) {
      int compared = number.compareTo(schema.get("minimum").decimalValue());
      boolean exclusive = schema.path("exclusiveMinimum").asBoolean(false);
      if (compared < 0 || exclusive && compared == 0) {
        invalid(
            path,
            value.toString(),
            "should be greater than "
                + (exclusive ? "" : "or equal to ")
                + plain(schema, "minimum"));
      }
    }
    if (schema.has("multipleOf")
        && number.remainder(schema.get("multipleOf").decimalValue()).signum() != 0) {
      invalid(path, value.toString(), "should be a multiple of " + plain(schema, "multipleOf"));
    }
  }

  private static String plain(JsonNode schema, String field) {
    return schema.get(field).decimalValue().stripTrailingZeros().toPlainString();
  }

  private void list(JsonNode list, JsonNode old, JsonNode schema, String path) {
    if (schema.has("maxItems") && list.size() > schema.get("maxItems").asLong()) {
      violations.add(
          Violation.of(
              path,
              "FieldValueTooMany",
              "Too many: %d: must have at most %d items"
                  .formatted(list.size(), schema.get("maxItems").asLong())));
    }
    if (schema.has("minItems") && list.size() < schema.get("minItems").asLong()) {
      invalid(
          path,
          Integer.toString(list.size()),
          "should have at least " + schema.get("minItems").asLong() + " items");
    }
    duplicates(list, schema, path);
    for (int i = 0; i < list.size(); i++) {
      JsonNode before = Correlation.element(old, list.get(i), schema);
      check(list.get(i), before, schema.path("items"), path + "[" + i + "]");
    }
  }

  private void duplicates(JsonNode list, JsonNode schema, String path) {
    String type = schema.path("x-kubernetes-list-type").asText("");
    if (!type.equals("map") && !type.equals("set")) {
      return;
    }
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      JsonNode element = list.get(i);
      Object key = type.equals("set") ? element : Correlation.keys(element, schema);
      if (!seen.add(key)) {
        violations.add(
            Violation.of(path + "[" + i + "]", "FieldValueDuplicate", "Duplicate value: " + key));
      }
    }
  }

  private void object(JsonNode object, JsonNode old, JsonNode schema, String path) {
    for (JsonNode required : schema.path("required")) {
      if (!object.has(required.asText())) {
        violations.add(
            Violation.of(below(path, required.asText()), "FieldValueRequired", "Required value"));
      }
    }
    if (schema.has("maxProperties") && object.size() > schema.get("maxProperties").asLong()) {
      violations.add(
          Violation.of(
              path,
              "FieldValueTooMany",
              "Too many: %d: must have at most %d items"
                  .formatted(object.size(), schema.get("maxProperties").asLong())));
    }
    if (schema.has("minProperties") && object.size() < schema.get("minProperties").asLong()) {
      invalid(
          path,
          Integer.toString(object.size()),
          "should have at least " + schema.get("minProperties").asLong() + " properties");
    }
    object
        .properties()
        .forEach(
            field -> {
              JsonNode known = FieldSchema.of(field.getKey(), schema);
              if (known.isObject()) {
                JsonNode before = old == null ? null : old.get(field.getKey());
                check(field.getValue(), before, known, below(path, field.getKey()));
              }
            });
  }

  private static String below(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  private void combinations(JsonNode value, JsonNode schema, String path) {
    for (JsonNode part : schema.path("allOf")) {
      check(value, null, part, path);
    }
    int matching = 0;
    for (JsonNode alternative : schema.path("oneOf")) {
      matching += matches(value, alternative, path) ? 1 : 0;
    }
    if (schema.has("oneOf") && matching != 1) {
      violations.add(
          Violation.invalid(
              "", "\"\": " + quote(path) + " must validate one and only one schema (oneOf)"));
    }
    boolean any = !schema.has("anyOf");
    for (JsonNode alternative : schema.path("anyOf")) {
      any = any || matches(value, alternative, path);
    }
    if (!any) {
      violations.add(
          Violation.invalid(
              "", "\"\": " + quote(path) + " must validate at least one schema (anyOf)"));
    }
    if (schema.has("not") && matches(value, schema.get("not"), path)) {
      violations.add(
          Violation.invalid("", "\"\": " + quote(path) + " must not validate the schema (not)"));
    }
  }

  private static boolean matches(JsonNode value, JsonNode schema, String path) {
    List<Violation> found = new ArrayList<>();
    new SchemaChecks(found).check(value, null, schema, path);
    return found.isEmpty();
  }
}
