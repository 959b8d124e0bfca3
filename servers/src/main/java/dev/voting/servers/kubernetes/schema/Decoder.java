package dev.voting.servers.kubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.voting.crd.validation.Quantity;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns what a client sent into what the server keeps: fields that the schema does not know are
 * dropped and reported, values of a wrong type are refused, quantities get their canonical form.
 */
public final class Decoder {

  private final boolean checkTypes;
  private final boolean canonical;
  private final List<String> unknown = new ArrayList<>();

  private Decoder(boolean checkTypes, boolean canonical) {
    this.checkTypes = checkTypes;
    this.canonical = canonical;
  }

  /**
   * Decodes an object in place.
   *
   * @return the paths of the unknown fields that were dropped
   * @throws ApiException 400 when a value of a built-in kind has a wrong type; custom resources are
   *     left to their validation
   */
  public static List<String> decode(ResourceType type, ObjectNode object) {
    return decode(type, object, true);
  }

  /** The same, but quantities stay as they were written: applied ones are compared like that. */
  public static List<String> decodeApplied(ResourceType type, ObjectNode object) {
    return decode(type, object, false);
  }

  private static List<String> decode(ResourceType type, ObjectNode object, boolean canonical) {
    Decoder decoder = new Decoder(!type.isCustom(), canonical);
    try {
      decoder.object(object, type.schema(), "");
    } catch (WrongType e) {
      throw ApiException.badRequest(
          type.kind()
              + " in version \""
              + type.version()
              + "\" cannot be handled as a "
              + type.kind()
              + ": json: cannot unmarshal "
              + e.getMessage());
    }
    return decoder.unknown;
  }

  private static final class WrongType extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongType(JsonNode value, String path, String type) {
      super(
          (value.isTextual() ? "string" : value.getNodeType().toString().toLowerCase())
              + " into field "
              + path
              + " of type "
              + type);
    }
  }

  private JsonNode value(JsonNode value, Schema schema, String path) {
    if (schema.isQuantity()) {
      return Quantity.parse(value.asText())
          .<JsonNode>map(q -> canonical ? TextNode.valueOf(q.canonical()) : value)
          .orElseThrow(() -> new WrongType(value, path, "resource.Quantity"));
    }
    if (checkTypes && !hasType(value, schema)) {
      throw new WrongType(value, path, schema.type());
    }
    switch (value) {
      case ObjectNode object -> object(object, schema, path);
      case ArrayNode list -> {
        for (int i = 0; i < list.size(); i++) {
          list.set(i, value(list.get(i), schema.items(), path + "[" + i + "]"));
        }
      }
      default -> {
        // A scalar, which stays as it is.
      }
    }
    return value;
  }

  private static boolean hasType(JsonNode value, Schema schema) {
    if (schema.isIntOrString()) {
      return value.isTextual() || value.isIntegralNumber();
    }
    return switch (schema.type()) {
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "array" -> value.isArray();
      case "object" -> value.isObject();
      default -> true;
    };
  }

  private void object(ObjectNode object, Schema schema, String path) {
    var fields = object.properties().iterator();
    while (fields.hasNext()) {
      var field = fields.next();
      String below = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
      Schema fieldSchema = schema.field(field.getKey());
      if (fieldSchema == null && !schema.keepsUnknownFields()) {
        // Also one without a value: a name is misspelled or not.
        unknown.add(below);
        fields.remove();
      } else if (field.getValue().isNull()) {
        fields.remove();
      } else if (fieldSchema != null) {
        field.setValue(value(field.getValue(), fieldSchema, below));
      } else {
        Json.dropNulls(field.getValue());
      }
    }
  }
}
