package dev.voting.servers.kubernetes.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.Schema;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;

/** JSON patch (RFC 6902), merge patch (RFC 7386) and Kubernetes' strategic merge patch. */
public final class Patches {

  private static final String DIRECTIVE = "$patch";
  private static final String DELETE_FROM_SET = "$deleteFromPrimitiveList/";
  private static final String ORDER = "$setElementOrder/";
  private static final String RETAIN = "$retainKeys";

  private Patches() {}

  /**
   * Applies a patch.
   *
   * @param contentType what kind of patch it is
   * @throws ApiException 400 when it cannot be read, 415 when its kind is unknown, 422 when it does
   *     not fit the object
   */
  public static ObjectNode apply(
      ObjectNode object, byte[] patch, String contentType, ResourceType type) {
    JsonNode change = Json.parse(patch);
    JsonNode result =
        switch (contentType.split(";")[0].trim()) {
          case "application/json-patch+json" -> jsonPatch(object, change);
          case "application/merge-patch+json" -> mergePatch(object.deepCopy(), change);
          case "application/strategic-merge-patch+json" -> {
            if (type.isCustom()) {
              throw unsupported(contentType);
            }
            yield strategic(object.deepCopy(), change, type.schema());
          }
          default -> throw unsupported(contentType);
        };
    if (result instanceof ObjectNode patched) {
      return patched;
    }
    throw ApiException.badRequest("the patch does not leave an object");
  }

  private static ApiException unsupported(String contentType) {
    return ApiException.of(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include:"
            + " application/json-patch+json, application/merge-patch+json,"
            + " application/apply-patch+yaml, not "
            + contentType);
  }

  private static JsonNode jsonPatch(ObjectNode object, JsonNode patch) {
    try {
      return JsonPatch.apply(patch, object);
    } catch (JsonPatchException e) {
      throw ApiException.of(
          422,
          "Invalid",
          "the server rejected our request due to an error in our request: " + e.getMessage());
    }
  }

  private static JsonNode mergePatch(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode change)) {
      return patch;
    }
    ObjectNode merged = target instanceof ObjectNode object ? object : Json.object();
    change
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                merged.remove(field.getKey());
              } else {
                merged.set(
                    field.getKey(), mergePatch(merged.get(field.getKey()), field.getValue()));
              }
            });
    return merged;
  }

  private static JsonNode strategic(JsonNode target, JsonNode patch, Schema schema) {
    if (!(patch instanceof ObjectNode change)) {
      return patch;
    }
    if (Json.text(change, DIRECTIVE).equals("delete")) {
      return Json.object();
    }
    boolean replace = Json.text(change, DIRECTIVE).equals("replace");
    ObjectNode merged = target instanceof ObjectNode o && !replace ? o : Json.object();
    JsonNode retain = change.path(RETAIN);
    if (retain.isArray()) {
      merged.properties().removeIf(field -> !contains((ArrayNode) retain, field.getKey()));
    }
    change
        .properties()
        .forEach(field -> strategicField(merged, field.getKey(), field.getValue(), schema));
    return merged;
  }

  private static void strategicField(
      ObjectNode merged, String name, JsonNode value, Schema schema) {
    if (name.equals(DIRECTIVE) || name.equals(RETAIN) || name.startsWith(ORDER)) {
      return;
    }
    if (name.startsWith(DELETE_FROM_SET)) {
      removeFromSet(merged, name.substring(DELETE_FROM_SET.length()), value);
      return;
    }
    Schema field = schema.fieldOrAny(name);
    if (value.isNull()) {
      merged.remove(name);
    } else if (value instanceof ArrayNode list && field.isPatchMerged()) {
      merged.set(
          name,
          mergeLists(
              merged.get(name) instanceof ArrayNode live ? live : Json.array(), list, field));
    } else if (value instanceof ObjectNode) {
      merged.set(name, strategic(merged.get(name), value, field));
    } else {
      merged.set(name, value);
    }
  }

  private static void removeFromSet(ObjectNode merged, String name, JsonNode values) {
    if (merged.get(name) instanceof ArrayNode live) {
      ArrayNode rest = Json.array();
      live.forEach(
          element -> {
            if (!contains((ArrayNode) values, element.asText())) {
              rest.add(element);
            }
          });
      merged.set(name, rest);
    }
  }

  private static boolean contains(ArrayNode list, String text) {
    for (JsonNode element : list) {
      if (element.asText().equals(text)) {
        return true;
      }
    }
    return false;
  }

  private static ArrayNode mergeLists(ArrayNode live, ArrayNode patch, Schema schema) {
    String key = schema.mergeKey();
    for (JsonNode element : patch) {
      if (Json.text(element, DIRECTIVE).equals("replace") && element.size() == 1) {
        ArrayNode replaced = Json.array();
        patch.forEach(
            e -> {
              if (!e.has(DIRECTIVE)) {
                replaced.add(e);
              }
            });
        return replaced;
      }
    }
    ArrayNode merged = live.deepCopy();
    for (JsonNode element : patch) {
      int at = key.isEmpty() ? indexOfValue(merged, element) : indexOfKey(merged, element, key);
      if (Json.text(element, DIRECTIVE).equals("delete")) {
        if (at >= 0) {
          merged.remove(at);
        }
      } else if (at < 0) {
        merged.add(strategic(null, element, schema.items()));
      } else if (!key.isEmpty()) {
        merged.set(at, strategic(merged.get(at), element, schema.items()));
      }
    }
    return merged;
  }

  private static int indexOfKey(ArrayNode list, JsonNode element, String key) {
    for (int i = 0; i < list.size(); i++) {
      if (Json.same(list.get(i).get(key), element.get(key))) {
        return i;
      }
    }
    return -1;
  }

  private static int indexOfValue(ArrayNode list, JsonNode element) {
    for (int i = 0; i < list.size(); i++) {
      if (Json.same(list.get(i), element)) {
        return i;
      }
    }
    return -1;
  }
}
