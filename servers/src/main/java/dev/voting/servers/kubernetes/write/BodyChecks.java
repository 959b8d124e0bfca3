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

  /** A replacement that names a revision or a uid is meant for that one alone. */
  static void checkReplacement(StoredObject before, ObjectNode wanted) {
    checkRevision(before, wanted);
    if (namesAnother(before, wanted)) {
      throw ApiException.conflict(
          before.type(),
          before.name(),
          "Precondition failed: UID in precondition: "
              + Json.text(wanted, "metadata", "uid")
              + ", UID in object meta: "
              + before.uid());
    }
  }

  /**
   * So is a patch. But a uid is just a field that cannot be changed; and whoever patches a custom
   * resource's status changes no metadata, so that no uid is compared.
   */
  static void checkPatch(Target target, StoredObject before, ObjectNode wanted) {
    checkRevision(before, wanted);
    if (namesAnother(before, wanted) && !(target.isStatus() && target.type().isCustom())) {
      String uid = Json.text(wanted, "metadata", "uid");
      throw ApiException.invalid(
          before.type(),
          before.name(),
          List.of(
              new ApiException.Cause(
                  "metadata.uid",
                  "FieldValueInvalid",
                  "Invalid value: \"" + uid + "\": field is immutable")));
    }
  }

  private static void checkRevision(StoredObject before, ObjectNode wanted) {
    String version = Json.text(wanted, "metadata", "resourceVersion");
    if (!version.isEmpty() && !version.equals(Json.text(before.metadata(), "resourceVersion"))) {
      throw ApiException.modified(before.type(), before.name());
    }
  }

  private static boolean namesAnother(StoredObject before, ObjectNode wanted) {
    String uid = Json.text(wanted, "metadata", "uid");
    return !uid.isEmpty() && !uid.equals(before.uid());
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
