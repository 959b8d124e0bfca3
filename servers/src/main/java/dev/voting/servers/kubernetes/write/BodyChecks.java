package dev.voting.servers.kubernetes.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.Decoder;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import java.util.List;

/** Whether what a client sent is meant for the URL that it was sent to. */
final class BodyChecks {

  private BodyChecks() {}

  /** An object that names a revision or a uid is meant for that one alone. */
  static void checkPreconditions(StoredObject before, ObjectNode wanted) {
    String version = Json.text(wanted, "metadata", "resourceVersion");
    if (!version.isEmpty() && !version.equals(Json.text(before.metadata(), "resourceVersion"))) {
      throw ApiException.modified(before.type(), before.name());
    }
    String uid = Json.text(wanted, "metadata", "uid");
    if (!uid.isEmpty() && !uid.equals(before.uid())) {
      throw ApiException.conflict(
          before.type(),
          before.name(),
          "Precondition failed: UID in precondition: "
              + uid
              + ", UID in object meta: "
              + before.uid());
    }
  }

  /** An object must be of the kind, the namespace and the name that its URL says. */
  static void checkIdentity(Target target, ObjectNode body) {
    ResourceType type = target.type();
    String kind = Json.text(body, "kind");
    String apiVersion = Json.text(body, "apiVersion");
    if (!kind.isEmpty() && !kind.equals(type.kind())
        || !apiVersion.isEmpty() && !apiVersion.equals(type.apiVersion())) {
      throw ApiException.badRequest(
          "the object provided is of kind "
              + apiVersion
              + " "
              + kind
              + ", but this is the URL of "
              + type.apiVersion()
              + " "
              + type.kind());
    }
    ObjectNode metadata = Json.make(body, "metadata");
    String namespace = Json.text(metadata, "namespace");
    if (!namespace.isEmpty() && !namespace.equals(target.namespace())) {
      throw ApiException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    if (type.namespaced()) {
      metadata.put("namespace", target.namespace());
    }
    String name = Json.text(metadata, "name");
    if (!target.name().isEmpty() && !name.isEmpty() && !name.equals(target.name())) {
      throw ApiException.badRequest(
          "the name of the object ("
              + name
              + ") does not match the name on the URL ("
              + target.name()
              + ")");
    }
    if (!target.name().isEmpty()) {
      metadata.put("name", target.name());
    }
  }

  /**
   * Gives values the form of their types.
   *
   * @return warnings of the fields that the kind does not have, which are gone
   */
  static List<String> decode(ResourceType type, ObjectNode body, Request request) {
    List<String> unknown = Decoder.decode(type, body);
    String mode = request.parameter("fieldValidation");
    if (unknown.isEmpty() || mode.equals("Ignore")) {
      return List.of();
    }
    List<String> errors = unknown.stream().map(path -> "unknown field \"" + path + "\"").toList();
    if (mode.equals("Strict")) {
      throw ApiException.badRequest(
          type.kind()
              + " in version \""
              + type.version()
              + "\" cannot be handled as a "
              + type.kind()
              + ": strict decoding error: "
              + String.join(", ", errors));
    }
    return errors;
  }
}
