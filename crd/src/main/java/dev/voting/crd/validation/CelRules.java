package dev.voting.crd.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.CelValidationException;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The {@code x-kubernetes-validations} of a schema, at every level of it. */
final class CelRules {

  private static final String RULES = "x-kubernetes-validations";
  private static final Pattern STRING_LITERAL =
      Pattern.compile("'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern OLD_SELF = Pattern.compile("\\boldSelf\\b");

  private final JsonNode schema;
  private final boolean any;
  private final Map<String, CelRuntime.Program> programs = new ConcurrentHashMap<>();

  CelRules(JsonNode schema) {
    this.schema = schema;
    this.any = schema.findValue(RULES) != null;
  }

  boolean any() {
    return any;
  }

  void check(JsonNode object, JsonNode old, List<Violation> violations) {
    if (any) {
      check(object, old, schema, "", violations);
    }
  }

  private void check(
      JsonNode value, JsonNode old, JsonNode schema, String path, List<Violation> violations) {
    for (JsonNode rule : schema.path(RULES)) {
      run(rule, value, old, schema, path, violations);
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        JsonNode element = value.get(i);
        JsonNode before = Correlation.element(old, element, schema);
        check(element, before, schema.path("items"), path + "[" + i + "]", violations);
      }
    } else if (value.isObject()) {
      value
          .properties()
          .forEach(
              field -> {
                JsonNode known = FieldSchema.of(field.getKey(), schema);
                if (known.isObject()) {
                  String below = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                  JsonNode before = old == null ? null : old.get(field.getKey());
                  check(field.getValue(), before, known, below, violations);
                }
              });
    }
  }

  private void run(
      JsonNode rule,
      JsonNode value,
      JsonNode old,
      JsonNode schema,
      String path,
      List<Violation> violations) {
    String expression = rule.path("rule").asText();
    boolean transition = OLD_SELF.matcher(STRING_LITERAL.matcher(expression).replaceAll("")).find();
    boolean optionalOld = rule.path("optionalOldSelf").asBoolean(false);
    if (transition && old == null && !optionalOld || !transition && value.equals(old)) {
      return;
    }
    Map<String, Object> variables = new HashMap<>();
    variables.put("self", CelValues.of(value, schema, path.isEmpty()));
    if (transition) {
      Optional<Object> before =
          Optional.ofNullable(old).map(o -> CelValues.of(o, schema, path.isEmpty()));
      variables.put("oldSelf", optionalOld ? before : before.orElseThrow());
    }
    String field = path + rule.path("fieldPath").asText("");
    field = field.startsWith(".") ? field.substring(1) : field;
    try {
      if (!Boolean.TRUE.equals(program(expression).eval(variables))) {
        violations.add(violation(rule, field, value, message(rule, expression, variables)));
      }
    } catch (CelValidationException e) {
      violations.add(Violation.invalid(field, "rule compile error: " + e.getMessage()));
    } catch (CelEvaluationException e) {
      violations.add(
          Violation.invalid(
              field, "rule: " + expression + ": evaluation error: " + e.getMessage()));
    }
  }

  private CelRuntime.Program program(String expression)
      throws CelValidationException, CelEvaluationException {
    CelRuntime.Program known = programs.get(expression);
    if (known == null) {
      known = CelEnvironment.compile(expression);
      programs.put(expression, known);
    }
    return known;
  }

  private String message(JsonNode rule, String expression, Map<String, Object> variables)
      throws CelValidationException {
    if (rule.has("messageExpression")) {
      try {
        Object message = program(rule.get("messageExpression").asText()).eval(variables);
        if (message instanceof String text && !text.isBlank()) {
          return text;
        }
      } catch (CelEvaluationException e) {
        // The fixed message serves then, as on a server.
        return fixedMessage(rule, expression);
      }
    }
    return fixedMessage(rule, expression);
  }

  private static String fixedMessage(JsonNode rule, String expression) {
    return rule.has("message") ? rule.get("message").asText() : "failed rule: " + expression;
  }

  private static Violation violation(JsonNode rule, String field, JsonNode value, String message) {
    String reason = rule.path("reason").asText("FieldValueInvalid");
    String prefix =
        switch (reason) {
          case "FieldValueForbidden" -> "Forbidden: ";
          case "FieldValueRequired" -> "Required value: ";
          case "FieldValueDuplicate" -> "Duplicate value: ";
          // Only a scalar is repeated.
          default -> "Invalid value: " + (value.isContainerNode() ? "" : value + ": ");
        };
    return Violation.of(field, reason, prefix + message);
  }
}
