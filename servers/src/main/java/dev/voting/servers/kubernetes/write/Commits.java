package dev.voting.servers.kubernetes.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.apply.ManagedFields;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/** What every write ends with: what a client wants becomes what it may have, and is kept. */
final class Commits {

  private final Store store;
  private final ResourceTypes types;
  private final Admission admission;
  private volatile OwnerProtection owners;

  Commits(Store store, ResourceTypes types, Admission admission) {
    this.store = store;
    this.types = types;
    this.admission = admission;
    protectOwners(asked -> true);
  }

  void protectOwners(Predicate<AccessReview> allowed) {
    owners = new OwnerProtection(types, allowed);
  }

  /**
   * Adds an object.
   *
   * @param managers who manages what of it, once it has its defaults
   */
  StoredObject insert(
      Target target,
      ObjectNode tree,
      Request request,
      Function<ObjectNode, ManagedFields> managers) {
    ResourceType type = target.type();
    ObjectNode metadata = Json.make(tree, "metadata");
    String name = Json.text(metadata, "name");
    checkNamespace(target, name);
    if (store.get(type, target.namespace(), name).isPresent()) {
      throw ApiException.alreadyExists(type, name);
    }
    tree.put("apiVersion", type.apiVersion()).put("kind", type.kind());
    metadata.remove(List.of("selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"));
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", Json.now());
    metadata.remove("generation");
    if (type.hasGeneration()) {
      metadata.put("generation", 1);
    }
    if (type.hasStatus()) {
      tree.remove("status");
    }
    admission.admitNew(type, tree);
    owners.check(type, Optional.empty(), tree, request.header("user-agent"));
    managers.apply(tree).writeTo(tree);
    if (request.isDryRun()) {
      return new StoredObject(type, tree, 0);
    }
    return store.write(type, null, tree).orElseThrow(() -> ApiException.alreadyExists(type, name));
  }

  private void checkNamespace(Target target, String name) {
    if (!target.type().namespaced()) {
      return;
    }
    ResourceType namespaces = types.find("", "v1", "namespaces").orElseThrow();
    StoredObject namespace =
        store
            .get(namespaces, "", target.namespace())
            .orElseThrow(() -> ApiException.notFound(namespaces, target.namespace()));
    if (namespace.isBeingDeleted()) {
      throw ApiException.terminating(target.type(), name, target.namespace());
    }
  }

  /**
   * Makes of what a client wants what it may have: the server's own metadata stays, so does the
   * status unless that is what is written, and the rules of the kind hold.
   */
  ObjectNode fit(Target target, StoredObject before, ObjectNode wanted) {
    ResourceType type = target.type();
    ObjectNode after = wanted;
    if (target.isStatus()) {
      after = before.copy();
      Parts.setOrRemove(after, "status", wanted.get("status"));
    } else if (type.hasStatus()) {
      Parts.setOrRemove(after, "status", before.tree().get("status"));
    }
    after.put("apiVersion", type.apiVersion()).put("kind", type.kind());
    ObjectNode metadata = Json.make(after, "metadata");
    for (String own :
        List.of(
            "name",
            "namespace",
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generateName",
            "managedFields")) {
      Parts.setOrRemove(metadata, own, before.metadata().get(own));
    }
    metadata.remove("selfLink");
    admission.admitChanged(type, before.tree(), after, target.isStatus());
    if (type.hasGeneration()
        && !target.isStatus()
        && Parts.differsInSpec(type, before.tree(), after)) {
      metadata.put("generation", before.metadata().path("generation").asInt() + 1);
    }
    return after;
  }

  /** Writes, unless nothing changed; removes, when the last finalizer of a deleted object went. */
  Optional<StoredObject> commit(
      Target target, StoredObject before, ObjectNode after, Request request) {
    if (Json.same(before.tree(), after)) {
      return Optional.of(before);
    }
    owners.check(target.type(), Optional.of(before), after, request.header("user-agent"));
    if (request.isDryRun()) {
      return Optional.of(new StoredObject(target.type(), after, before.revision()));
    }
    boolean gone =
        before.isBeingDeleted()
            && Json.at(after, "metadata", "finalizers").isEmpty()
            && Json.at(after, "metadata", "deletionGracePeriodSeconds").asLong() == 0
            && !target.type().isNamespace();
    return store.write(target.type(), before, gone ? null : after);
  }

  StoredObject existing(Target target) {
    return store
        .get(target.type(), target.namespace(), target.name())
        .orElseThrow(() -> ApiException.notFound(target.type(), target.name()));
  }
}
