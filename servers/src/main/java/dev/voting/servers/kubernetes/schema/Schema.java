package dev.voting.servers.kubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The type of a value, as an OpenAPI schema describes it: what fields it has, and how lists and
 * maps are merged. Lazily resolved and safe to share.
 */
public final class Schema {

  /** How server-side apply treats a value. */
  public enum Shape {
    /** Replaced as a whole: scalars, and what the schema calls atomic. */
    ATOMIC,
    /** An object whose fields are each owned by themselves. */
    FIELDS,
    /** A list whose elements are known by some of their fields. */
    KEYED_LIST,
    /** A list of scalars, each at most once. */
    SET
  }

  private static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";

  private final JsonNode node;
  private final JsonNode definitions;
  private final JsonNode defaultValue;
  private final boolean quantity;
  private final Shape shape;
  private final List<String> keys;
  private final Map<String, Schema> children = new ConcurrentHashMap<>();
  private final Map<String, Schema> overrides;

  /**
   * A schema.
   *
   * @param node the OpenAPI schema, maybe a {@code $ref} into the definitions
   * @param definitions named schemas
   */
  Schema(JsonNode node, JsonNode definitions) {
    this(node, definitions, Map.of());
  }

  /** A schema some of whose properties have schemas from elsewhere. */
  Schema(JsonNode node, JsonNode definitions, Map<String, Schema> overrides) {
    String ref = node.path("$ref").asText("");
    this.node = ref.isEmpty() ? node : definitions.path(ref);
    this.definitions = definitions;
    this.defaultValue = node.get("default");
    this.quantity = ref.equals(QUANTITY);
    this.overrides = overrides;
    this.keys = texts(this.node.path("x-kubernetes-list-map-keys"));
    this.shape = shapeOf(this.node);
  }

  private static Shape shapeOf(JsonNode node) {
    return switch (node.path("type").asText("")) {
      case "array" ->
          switch (node.path("x-kubernetes-list-type").asText("atomic")) {
            case "map" -> Shape.KEYED_LIST;
            case "set" -> Shape.SET;
            default -> Shape.ATOMIC;
          };
      case "object" ->
          node.path("x-kubernetes-map-type").asText("").equals("atomic")
              ? Shape.ATOMIC
              : Shape.FIELDS;
      // Unknown fields kept: objects are merged field by field, lists as a whole.
      case "" ->
          node.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)
              ? Shape.FIELDS
              : Shape.ATOMIC;
      default -> Shape.ATOMIC;
    };
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return List.copyOf(texts);
  }

  public JsonNode node() {
    return node;
  }

  public Shape shape() {
    return shape;
  }

  String type() {
    return node.path("type").asText("");
  }

  boolean isQuantity() {
    return quantity;
  }

  boolean isIntOrString() {
    return node.path("x-kubernetes-int-or-string").asBoolean(false)
        || node.path("format").asText("").equals("int-or-string");
  }

  /** The value that stands for an absent one, or null. */
  public JsonNode defaultValue() {
    return defaultValue == null ? node.get("default") : defaultValue;
  }

  /** Fields that distinguish the elements of a {@link Shape#KEYED_LIST}. */
  public List<String> keys() {
    return keys;
  }

  /** The one field that strategic merge patches distinguish elements by, or "" . */
  public String mergeKey() {
    return node.path("x-kubernetes-patch-strategy").asText("").contains("merge")
        ? node.path("x-kubernetes-patch-merge-key").asText("")
        : "";
  }

  public boolean isPatchMerged() {
    return node.path("x-kubernetes-patch-strategy").asText("").contains("merge");
  }

  /** Whether fields are names of this schema's own, rather than keys that users choose. */
  boolean isStruct() {
    return node.has("properties");
  }

  public boolean isMap() {
    return node.path("additionalProperties").isObject();
  }

  boolean keepsUnknownFields() {
    return !isStruct() && !isMap()
        || node.path("x-kubernetes-preserve-unknown-fields").asBoolean(false);
  }

  /** The schema of a field; null when the schema has no such field. */
  public Schema field(String name) {
    Schema override = overrides.get(name);
    if (override != null) {
      return override;
    }
    Schema known = children.get(name);
    if (known != null) {
      return known;
    }
    JsonNode child = node.path("properties").path(name);
    if (child.isMissingNode() && isMap()) {
      return children.computeIfAbsent(
          "", k -> new Schema(node.path("additionalProperties"), definitions));
    }
    if (child.isMissingNode()) {
      return null;
    }
    return children.computeIfAbsent(name, k -> new Schema(child, definitions));
  }

  /** The schema of a field; one that knows nothing when this schema has no such field. */
  public Schema fieldOrAny(String name) {
    Schema field = field(name);
    return field == null ? any(definitions) : field;
  }

  public Schema items() {
    return children.computeIfAbsent("[]", k -> new Schema(node.path("items"), definitions));
  }

  static Schema any(JsonNode definitions) {
    return new Schema(Json.object().put("x-kubernetes-preserve-unknown-fields", true), definitions);
  }
}
