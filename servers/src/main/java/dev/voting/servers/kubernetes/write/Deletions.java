package dev.voting.servers.kubernetes.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.store.PodDeletion;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import java.util.List;
import java.util.Optional;

/** The verb that deletes: at once, or by a mark where somebody has something to do before. */
final class Deletions {

  private static final String FOREGROUND = "foregroundDeletion";

  private final Store store;
  private final Commits commits;

  Deletions(Store store, Commits commits) {
    this.store = store;
    this.commits = commits;
  }

  /**
   * Deletes an object, at once or when its finalizers are done.
   *
   * @param options the DeleteOptions, maybe empty
   * @return what is left, or the last state of what is gone
   */
  Written delete(Target target, ObjectNode options, Request request) {
    while (true) {
      StoredObject before = commits.existing(target);
      JsonNode preconditions = options.path("preconditions");
      if (preconditions.hasNonNull("uid")
          && !preconditions.get("uid").asText().equals(before.uid())) {
        throw ApiException.conflict(
            before.type(), before.name(), "Precondition failed: UID does not match");
      }
      if (preconditions.hasNonNull("resourceVersion")
          && preconditions.get("resourceVersion").asLong() != before.revision()) {
        throw ApiException.conflict(
            before.type(), before.name(), "Precondition failed: ResourceVersion does not match");
      }
      if (request.isDryRun()) {
        return new Written(before, false, List.of());
      }
      ObjectNode after =
          afterDelete(before, policy(before.type(), options, request), grace(options, request));
      if (after != null && Json.same(before.tree(), after)) {
        return new Written(before, false, List.of());
      }
      Optional<StoredObject> written = store.write(target.type(), before, after);
      if (written.isPresent()) {
        return new Written(after == null ? null : written.get(), false, List.of());
      }
    }
  }

  private static String policy(ResourceType type, ObjectNode options, Request request) {
    String policy = Json.text(options, "propagationPolicy");
    if (policy.isEmpty()) {
      policy = request.parameter("propagationPolicy");
    }
    if (policy.isEmpty() && options.has("orphanDependents")) {
      policy = options.get("orphanDependents").asBoolean() ? "Orphan" : "Background";
    }
    if (policy.isEmpty()) {
      // Kept by Kubernetes for compatibility.
      policy = type.is("batch", "jobs") ? "Orphan" : "Background";
    }
    return policy;
  }

  /** The grace period that a request asks for, in seconds; negative when it does not. */
  private static long grace(ObjectNode options, Request request) {
    if (options.path("gracePeriodSeconds").isNumber()) {
      return options.get("gracePeriodSeconds").asLong();
    }
    String asked = request.parameter("gracePeriodSeconds");
    return asked.isEmpty() ? -1 : Long.parseLong(asked);
  }

  /** The object with its deletion noted, or null when nothing holds it. */
  private ObjectNode afterDelete(StoredObject before, String policy, long grace) {
    ObjectNode after = before.copy();
    ObjectNode metadata = Json.make(after, "metadata");
    ArrayNode finalizers =
        metadata.get("finalizers") instanceof ArrayNode present ? present : Json.array();
    boolean hasDependents = !store.dependentsOf(before.uid()).isEmpty();
    if (policy.equals("Orphan") && hasDependents) {
      add(finalizers, "orphan");
    }
    if (policy.equals("Foreground") && hasDependents) {
      add(finalizers, FOREGROUND);
    }
    boolean namespace = before.type().isNamespace();
    boolean runs = PodDeletion.begin(before.type(), after, grace);
    if (finalizers.isEmpty() && !namespace && !runs) {
      return null;
    }
    if (!finalizers.isEmpty()) {
      metadata.set("finalizers", finalizers);
    }
    if (!metadata.has("deletionTimestamp")) {
      metadata.put("deletionTimestamp", Json.now());
      if (!namespace) {
        metadata.put("deletionGracePeriodSeconds", 0);
      }
      if (before.type().hasGeneration()) {
        metadata.put("generation", metadata.path("generation").asInt() + 1);
      }
    }
    if (namespace) {
      Json.make(after, "status").put("phase", "Terminating");
    }
    return after;
  }

  private static void add(ArrayNode list, String text) {
    for (JsonNode element : list) {
      if (element.asText().equals(text)) {
        return;
      }
    }
    list.add(text);
  }
}
