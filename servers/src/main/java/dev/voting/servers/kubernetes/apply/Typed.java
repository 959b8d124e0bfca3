package dev.voting.servers.kubernetes.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.Schema;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What server-side apply does with values, by their schema: list, merge, remove and compare. */
public final class Typed {

  private Typed() {}

  /** The fields that a value holds, down to those that are owned as a whole. */
  public static FieldSet fieldsOf(JsonNode value, Schema schema) {
    FieldSet set = new FieldSet();
    if (value.isEmpty() || isAtomic(value, schema)) {
      return set.addSelf();
    }
    if (value.isObject()) {
      value
          .properties()
          .forEach(
              f ->
                  set.put(
                      "f:" + f.getKey(), fieldsOf(f.getValue(), schema.fieldOrAny(f.getKey()))));
      return set;
    }
    elements(value, schema)
        .forEach(
            (step, element) ->
                set.put(
                    step,
                    element.isObject()
                        ? fieldsOf(element, schema.items()).addSelf()
                        : new FieldSet().addSelf()));
    return set;
  }

  /** Lays one value over another. */
  public static JsonNode merge(JsonNode live, JsonNode over, Schema schema) {
    if (live == null
        || isAtomic(over, schema)
        || isAtomic(live, schema)
        || live.getNodeType() != over.getNodeType()) {
      return over.deepCopy();
    }
    if (over.isObject()) {
      ObjectNode merged = ((ObjectNode) live).objectNode();
      live.properties().forEach(f -> merged.set(f.getKey(), f.getValue()));
      over.properties()
          .forEach(
              f ->
                  merged.set(
                      f.getKey(),
                      merge(live.get(f.getKey()), f.getValue(), schema.fieldOrAny(f.getKey()))));
      return merged;
    }
    return mergeLists(elements(live, schema), elements(over, schema), schema.items());
  }

  /**
   * The applied order counts. An element that is only in the live list keeps its place before what
   * follows it.
   */
  private static ArrayNode mergeLists(
      Map<String, JsonNode> live, Map<String, JsonNode> over, Schema items) {
    ArrayNode merged = Json.array();
    Deque<String> liveSteps = new ArrayDeque<>(live.keySet());
    Deque<String> overSteps = new ArrayDeque<>(over.keySet());
    Set<String> done = new HashSet<>();
    while (!liveSteps.isEmpty() || !overSteps.isEmpty()) {
      String next = liveSteps.peek();
      if (next != null && !over.containsKey(next)) {
        merged.add(live.get(next));
        liveSteps.remove();
      } else if (next != null && done.contains(next)) {
        liveSteps.remove();
      } else {
        String step = overSteps.remove();
        merged.add(merge(live.get(step), over.get(step), items));
        done.add(step);
      }
    }
    return merged;
  }

  /** The value without the members of a set, each with all below it. */
  public static JsonNode without(JsonNode value, FieldSet remove, Schema schema) {
    if (isAtomic(value, schema) || remove.children().isEmpty()) {
      return value;
    }
    if (value.isObject()) {
      ObjectNode rest = ((ObjectNode) value).objectNode();
      value
          .properties()
          .forEach(
              f -> {
                FieldSet below = remove.children().get("f:" + f.getKey());
                if (below == null) {
                  rest.set(f.getKey(), f.getValue());
                } else if (!below.isMember()) {
                  rest.set(f.getKey(), without(f.getValue(), below, schema.fieldOrAny(f.getKey())));
                }
              });
      return rest;
    }
    ArrayNode rest = Json.array();
    elements(value, schema)
        .forEach(
            (step, element) -> {
              FieldSet below = remove.children().get(step);
              if (below == null) {
                rest.add(element);
              } else if (!below.isMember()) {
                rest.add(without(element, below, schema.items()));
              }
            });
    return rest;
  }

  /**
   * Fields that differ: in {@code changed} those that the new value has, else in {@code removed}.
   */
  public record Difference(FieldSet changed, FieldSet removed) {}

  public static Difference compare(JsonNode old, JsonNode now, Schema schema) {
    Difference difference = new Difference(new FieldSet(), new FieldSet());
    compare(old, now, schema, difference.changed, difference.removed);
    return difference;
  }

  private static void compare(
      JsonNode old, JsonNode now, Schema schema, FieldSet changed, FieldSet removed) {
    if (Json.same(old, now)) {
      return;
    }
    if (isAtomic(old, schema) || isAtomic(now, schema) || old.getNodeType() != now.getNodeType()) {
      changed.addSelf();
      return;
    }
    if (now.isEmpty()) {
      changed.addSelf();
    }
    if (old.isEmpty()) {
      removed.addSelf();
    }
    Map<String, JsonNode> olds = steps(old, schema);
    Map<String, JsonNode> nows = steps(now, schema);
    nows.forEach(
        (step, value) -> {
          Schema below = below(schema, step);
          JsonNode before = olds.get(step);
          if (before == null) {
            FieldSet added = added(value, below);
            changed.put(step, step.startsWith("f:") ? added : added.addSelf());
            return;
          }
          FieldSet changedBelow = new FieldSet();
          FieldSet removedBelow = new FieldSet();
          compare(before, value, below, changedBelow, removedBelow);
          changed.put(step, changedBelow);
          removed.put(step, removedBelow);
        });
    olds.forEach(
        (step, value) -> {
          if (!nows.containsKey(step)) {
            removed.put(step, fieldsOf(value, below(schema, step)).withParents());
          }
        });
  }

  /**
   * The fields of a value that came without being applied: besides the fields themselves, the maps
   * and lists that hold them.
   */
  public static FieldSet added(JsonNode value, Schema schema) {
    FieldSet set = new FieldSet();
    if (value.isEmpty() || isAtomic(value, schema)) {
      return set.addSelf();
    }
    steps(value, schema).forEach((step, child) -> set.put(step, added(child, below(schema, step))));
    if (value.isArray() || schema.isMap()) {
      set.addSelf();
    }
    set.children()
        .forEach(
            (step, child) -> {
              if (!step.startsWith("f:")) {
                child.addSelf();
              }
            });
    return set;
  }

  private static Schema below(Schema schema, String step) {
    return step.startsWith("f:") ? schema.fieldOrAny(step.substring(2)) : schema.items();
  }

  private static Map<String, JsonNode> steps(JsonNode value, Schema schema) {
    if (!value.isObject()) {
      return elements(value, schema);
    }
    Map<String, JsonNode> steps = new LinkedHashMap<>();
    value.properties().forEach(f -> steps.put("f:" + f.getKey(), f.getValue()));
    return steps;
  }

  private static boolean isAtomic(JsonNode value, Schema schema) {
    return switch (schema.shape()) {
      case ATOMIC -> true;
      case FIELDS -> !value.isObject();
      case KEYED_LIST, SET -> !value.isArray();
    };
  }

  /** The elements of a keyed list or a set, by the step that names each. */
  static Map<String, JsonNode> elements(JsonNode list, Schema schema) {
    Map<String, JsonNode> elements = new LinkedHashMap<>();
    for (JsonNode element : list) {
      elements.put(step(element, schema), element);
    }
    return elements;
  }

  private static String step(JsonNode element, Schema schema) {
    if (schema.shape() == Schema.Shape.SET || !element.isObject()) {
      return "v:" + Json.string(element);
    }
    Map<String, JsonNode> keys = new TreeMap<>();
    for (String key : schema.keys()) {
      JsonNode value = element.get(key);
      if (value == null) {
        Schema field = schema.items().field(key);
        value = field == null ? null : field.defaultValue();
      }
      if (value != null) {
        keys.put(key, value);
      }
    }
    ObjectNode json = Json.object();
    keys.forEach(json::set);
    return "k:" + Json.string(json);
  }
}
