package dev.voting.servers.kubernetes.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The admission plugin {@code OwnerReferencesPermissionEnforcement}, which OpenShift has on: who
 * changes the owners of an object must be allowed to delete it, and who makes an owner wait for it
 * must be allowed to set the owner's finalizers.
 */
final class OwnerProtection {

  private final ResourceTypes types;
  private final Predicate<AccessReview> allowed;

  OwnerProtection(ResourceTypes types, Predicate<AccessReview> allowed) {
    this.types = types;
    this.allowed = allowed;
  }

  /**
   * Validates a write.
   *
   * @param before the object as it was; empty when it is created
   * @throws ApiException 403
   */
  void check(ResourceType type, Optional<StoredObject> before, ObjectNode after, String userAgent) {
    JsonNode old = before.map(o -> owners(o.tree())).orElse(Json.array());
    JsonNode now = owners(after);
    if (Json.same(old, now)) {
      return;
    }
    String name = Json.text(after, "metadata", "name");
    String namespace = Json.text(after, "metadata", "namespace");
    if (before.isPresent()
        && !allowed.test(
            new AccessReview(
                userAgent, "delete", type.group(), type.plural(), "", namespace, name))) {
      throw ApiException.forbidden(
          type, name, "cannot set an ownerRef on a resource you can't delete: , <nil>");
    }
    for (JsonNode owner : newlyBlocking(old, now)) {
      ResourceType ownerType =
          types
              .byKind(Json.text(owner, "apiVersion"), Json.text(owner, "kind"))
              .orElseThrow(
                  () ->
                      ApiException.forbidden(
                          type,
                          name,
                          "cannot set blockOwnerDeletion in this case because cannot find"
                              + " RESTMapping for APIVersion "
                              + Json.text(owner, "apiVersion")
                              + " Kind "
                              + Json.text(owner, "kind")));
      if (!allowed.test(
          new AccessReview(
              userAgent,
              "update",
              ownerType.group(),
              ownerType.plural(),
              "finalizers",
              ownerType.namespaced() ? namespace : "",
              Json.text(owner, "name")))) {
        throw ApiException.forbidden(
            type,
            name,
            "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set"
                + " finalizers on: , <nil>");
      }
    }
  }

  private static JsonNode owners(ObjectNode object) {
    JsonNode owners = Json.at(object, "metadata", "ownerReferences");
    return owners.isArray() ? owners : Json.array();
  }

  private static List<JsonNode> newlyBlocking(JsonNode old, JsonNode now) {
    List<JsonNode> blocking = new ArrayList<>();
    for (JsonNode owner : now) {
      if (blocks(owner) && !isBlocking(old, Json.text(owner, "uid"))) {
        blocking.add(owner);
      }
    }
    return blocking;
  }

  private static boolean isBlocking(JsonNode owners, String uid) {
    for (JsonNode owner : owners) {
      if (Json.text(owner, "uid").equals(uid) && blocks(owner)) {
        return true;
      }
    }
    return false;
  }

  private static boolean blocks(JsonNode owner) {
    return owner.path("blockOwnerDeletion").asBoolean(false);
  }
}
