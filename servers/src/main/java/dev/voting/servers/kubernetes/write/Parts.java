package dev.voting.servers.kubernetes.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.wire.Json;

/** What of an object a write is about. */
final class Parts {

  private Parts() {}

  /** What of an applied object counts: its status through the status subresource, else the rest. */
  static ObjectNode partOf(Target target, ObjectNode config) {
    if (!target.isStatus()) {
      return withoutStatus(target.type(), config);
    }
    ObjectNode status = Json.object();
    status.set("apiVersion", config.get("apiVersion"));
    status.set("kind", config.get("kind"));
    Json.make(status, "metadata").put("name", target.name());
    if (config.has("status")) {
      status.set("status", config.get("status"));
    }
    return status;
  }

  static ObjectNode withoutStatus(ResourceType type, ObjectNode object) {
    if (!type.hasStatus() || !object.has("status")) {
      return object;
    }
    ObjectNode rest = Json.object();
    object.properties().forEach(field -> rest.set(field.getKey(), field.getValue()));
    rest.remove("status");
    return rest;
  }

  /** The object without what says who manages it. */
  static ObjectNode bare(ObjectNode object) {
    ObjectNode bare = Json.object();
    object.properties().forEach(field -> bare.set(field.getKey(), field.getValue()));
    if (object.get("metadata") instanceof ObjectNode metadata) {
      ObjectNode rest = Json.object();
      metadata.properties().forEach(field -> rest.set(field.getKey(), field.getValue()));
      rest.remove("managedFields");
      bare.set("metadata", rest);
    }
    return bare;
  }

  static boolean differsInSpec(ResourceType type, ObjectNode before, ObjectNode after) {
    if (!type.isCustom()) {
      return !Json.same(before.path("spec"), after.path("spec"));
    }
    ObjectNode a = withoutStatus(type, bare(before));
    ObjectNode b = withoutStatus(type, bare(after));
    a.remove("metadata");
    b.remove("metadata");
    return !Json.same(a, b);
  }

  static void setOrRemove(ObjectNode object, String field, JsonNode value) {
    if (value == null) {
      object.remove(field);
    } else {
      object.set(field, value.deepCopy());
    }
  }
}
