package dev.voting.servers.kubernetes.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Small helpers for JSON trees, the form in which every object lives here. */
public final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Json() {}

  public static ObjectNode object() {
    return NODES.objectNode();
  }

  public static ArrayNode array() {
    return NODES.arrayNode();
  }

  /**
   * Reads JSON, or YAML where the text is not JSON.
   *
   * @throws ApiException 400 when it is neither
   */
  public static JsonNode parse(byte[] body) {
    try {
      int first = firstCharacter(body);
      if (first == '{' || first == '[') {
        return MAPPER.readTree(body);
      }
      JsonNode node =
          Serialization.unmarshal(new String(body, StandardCharsets.UTF_8), JsonNode.class);
      return node == null ? NODES.nullNode() : node;
    } catch (IOException | RuntimeException e) {
      throw ApiException.badRequest("the object provided is unrecognized: " + e.getMessage());
    }
  }

  private static int firstCharacter(byte[] body) {
    for (byte b : body) {
      if (!Character.isWhitespace(b)) {
        return b;
      }
    }
    return -1;
  }

  public static ObjectNode parseObject(byte[] body) {
    if (parse(body) instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.badRequest("the object provided is unrecognized: it is not an object");
  }

  public static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String string(JsonNode node) {
    return new String(bytes(node), StandardCharsets.UTF_8);
  }

  /** The text at a path, or "" when there is none. */
  public static String text(JsonNode node, String... path) {
    return at(node, path).asText("");
  }

  public static JsonNode at(JsonNode node, String... path) {
    JsonNode at = node;
    for (String step : path) {
      at = at.path(step);
    }
    return at;
  }

  /** The object at a path, made when absent. */
  public static ObjectNode make(ObjectNode node, String... path) {
    ObjectNode at = node;
    for (String step : path) {
      at = at.get(step) instanceof ObjectNode next ? next : at.putObject(step);
    }
    return at;
  }

  public static void setDefault(ObjectNode node, String field, String value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }

  public static void setDefault(ObjectNode node, String field, int value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }

  public static void setDefault(ObjectNode node, String field, boolean value) {
    if (!node.hasNonNull(field)) {
      node.put(field, value);
    }
  }

  /** The elements of a list that are objects; empty when it is no list. */
  public static List<ObjectNode> objects(JsonNode list) {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode element : list) {
      if (element instanceof ObjectNode object) {
        objects.add(object);
      }
    }
    return objects;
  }

  /** Removes null fields at every level: to Kubernetes they are the same as absent ones. */
  public static void dropNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().removeIf(field -> field.getValue().isNull());
    }
    for (JsonNode child : node) {
      dropNulls(child);
    }
  }

  /** Equality that takes 1 and 1L and 1.0 for the same number, and no account of fields' order. */
  public static boolean same(JsonNode a, JsonNode b) {
    if (a == b) {
      return true;
    }
    if (a == null || b == null) {
      return false;
    }
    if (a.isNumber() && b.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue()) == 0;
    }
    if (a.size() != b.size() || a.getNodeType() != b.getNodeType()) {
      return false;
    }
    if (a.isObject()) {
      return a.properties().stream().allMatch(f -> same(f.getValue(), b.get(f.getKey())));
    }
    if (a.isArray()) {
      for (int i = 0; i < a.size(); i++) {
        if (!same(a.get(i), b.get(i))) {
          return false;
        }
      }
      return true;
    }
    return a.equals(b);
  }

  /** The time as objects carry it: to the second. */
  public static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
