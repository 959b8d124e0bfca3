package dev.voting.servers.kubernetes.tables;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The part of Kubernetes' JSONPath that printer columns use: fields, {@code [n]}, {@code [*]} and
 * {@code [?(@.a.b=="x")]}. What it does not understand gives no value.
 */
final class JsonPath {

  private static final Pattern STEP =
      Pattern.compile(
          "\\.([A-Za-z0-9_\\-/]+(?:\\\\\\.[A-Za-z0-9_\\-/]+)*)|\\['([^']+)'\\]|\\[(\\d+|\\*)\\]"
              + "|\\[\\?\\(@((?:\\.[A-Za-z0-9_\\-]+)+)\\s*==\\s*[\"']([^\"']*)[\"']\\)\\]");

  private final List<UnaryOperator<List<JsonNode>>> steps = new ArrayList<>();

  private JsonPath() {}

  static JsonPath of(String text) {
    JsonPath path = new JsonPath();
    Matcher matcher = STEP.matcher(text);
    while (matcher.find()) {
      path.steps.add(step(matcher));
    }
    return path;
  }

  private static UnaryOperator<List<JsonNode>> step(Matcher matcher) {
    String field = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    if (field != null) {
      String name = field.replace("\\.", ".");
      return nodes ->
          nodes.stream().map(n -> n.path(name)).filter(n -> !n.isMissingNode()).toList();
    }
    if (matcher.group(3) != null) {
      String index = matcher.group(3);
      return nodes -> {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode node : nodes) {
          if (index.equals("*")) {
            node.forEach(found::add);
          } else if (node.has(Integer.parseInt(index))) {
            found.add(node.get(Integer.parseInt(index)));
          }
        }
        return found;
      };
    }
    String[] path = matcher.group(4).substring(1).split("\\.");
    String value = matcher.group(5);
    return nodes -> {
      List<JsonNode> found = new ArrayList<>();
      for (JsonNode node : nodes) {
        for (JsonNode element : node) {
          if (Json.text(element, path).equals(value)) {
            found.add(element);
          }
        }
      }
      return found;
    };
  }

  /** All values found, with commas between; "" when there is none. */
  String read(JsonNode node) {
    List<JsonNode> found = List.of(node);
    for (UnaryOperator<List<JsonNode>> step : steps) {
      found = step.apply(found);
    }
    return found.stream()
        .map(n -> n.isValueNode() ? n.asText() : n.toString())
        .collect(Collectors.joining(","));
  }
}
