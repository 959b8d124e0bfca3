package dev.voting.servers.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a cluster's controller manager does after deletions, on a thread of its own: removes the
 * dependents of what is gone, objects whose owner never was, and the content of namespaces.
 */
public final class Collector implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

  private final Store store;
  private final ResourceTypes types;
  private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
  private final Thread worker;

  public Collector(Store store, ResourceTypes types) {
    this.store = store;
    this.types = types;
    store.listen(this::onChange);
    worker = Thread.ofVirtual().name("kubernetes-collector").start(this::run);
  }

  @Override
  public void close() {
    worker.interrupt();
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        work.take().run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.error("garbage collection failed, and goes on with the next object", e);
      }
    }
  }

  private void onChange(Store.Change change) {
    StoredObject before = change.before();
    StoredObject after = change.after();
    StoredObject object = after == null ? before : after;
    if (after == null) {
      work.add(() -> collectDependents(before.uid()));
      before.metadata().path("ownerReferences").forEach(owner -> later(Json.text(owner, "uid")));
    } else if (before == null
        || !before
            .metadata()
            .path("ownerReferences")
            .equals(after.metadata().path("ownerReferences"))) {
      if (after.metadata().has("ownerReferences")) {
        work.add(() -> collectIfOrphan(after.uid()));
      }
    }
    if (after != null && after.isBeingDeleted()) {
      later(after.uid());
    }
    // A namespace ends when the last object in it has gone.
    if (after == null && !object.namespace().isEmpty()) {
      work.add(
          () ->
              types
                  .find("", "v1", "namespaces")
                  .flatMap(t -> store.get(t, "", object.namespace()))
                  .filter(StoredObject::isBeingDeleted)
                  .ifPresent(namespace -> finish(namespace.uid())));
    }
  }

  private void later(String uid) {
    work.add(() -> finish(uid));
  }

  /** Goes on with the deletion of an object that waits for others. */
  private void finish(String uid) {
    Optional<StoredObject> found = store.byUid(uid).filter(StoredObject::isBeingDeleted);
    if (found.isEmpty()) {
      return;
    }
    StoredObject object = found.get();
    if (object.type().isNamespace()) {
      emptyNamespace(object);
    } else if (object.type().is("apiextensions.k8s.io", "customresourcedefinitions")) {
      emptyKind(object);
    } else {
      finishFinalizers(object);
    }
  }

  private void emptyNamespace(StoredObject namespace) {
    List<StoredObject> content = store.inNamespace(namespace.name());
    content.stream().filter(o -> !o.isBeingDeleted()).forEach(this::delete);
    if (store.inNamespace(namespace.name()).isEmpty() && !namespace.hasFinalizers()) {
      store.write(namespace.type(), namespace, null);
    }
  }

  private void emptyKind(StoredObject crd) {
    for (ResourceType type : List.copyOf(types.all())) {
      if (type.isCustom()
          && type.is(
              Json.text(crd.tree(), "spec", "group"),
              Json.text(crd.tree(), "spec", "names", "plural"))) {
        store.list(type, "").objects().stream()
            .filter(o -> !o.isBeingDeleted())
            .forEach(this::delete);
        if (!store.list(type, "").objects().isEmpty()) {
          // Their finalizers hold them; look again when something happens to one.
          return;
        }
      }
    }
    removeFinalizer(crd, "customresourcecleanup.apiextensions.k8s.io");
  }

  private void finishFinalizers(StoredObject object) {
    List<StoredObject> dependents = store.dependentsOf(object.uid());
    if (hasFinalizer(object, "orphan")) {
      dependents.forEach(dependent -> removeOwner(dependent, object.uid()));
      removeFinalizer(object, "orphan");
    } else if (hasFinalizer(object, "foregroundDeletion")) {
      if (dependents.isEmpty()) {
        removeFinalizer(object, "foregroundDeletion");
      } else {
        dependents.stream().filter(d -> !d.isBeingDeleted()).forEach(this::delete);
      }
    }
  }

  private static boolean hasFinalizer(StoredObject object, String finalizer) {
    for (JsonNode present : object.metadata().path("finalizers")) {
      if (present.asText().equals(finalizer)) {
        return true;
      }
    }
    return false;
  }

  private void removeFinalizer(StoredObject object, String finalizer) {
    ObjectNode after = object.copy();
    ObjectNode metadata = Json.make(after, "metadata");
    ArrayNode rest = Json.array();
    for (JsonNode present : metadata.path("finalizers")) {
      if (!present.asText().equals(finalizer)) {
        rest.add(present);
      }
    }
    metadata.set("finalizers", rest);
    if (rest.isEmpty()) {
      metadata.remove("finalizers");
      if (metadata.path("deletionGracePeriodSeconds").asLong() == 0) {
        after = null;
      }
    }
    if (store.write(object.type(), object, after).isEmpty()) {
      later(object.uid());
    }
  }

  private void collectDependents(String uid) {
    store.dependentsOf(uid).forEach(dependent -> collectIfOrphan(dependent.uid()));
  }

  /** Deletes an object none of whose owners exists; else drops the references to those gone. */
  private void collectIfOrphan(String uid) {
    Optional<StoredObject> found = store.byUid(uid);
    if (found.isEmpty() || found.get().isBeingDeleted()) {
      return;
    }
    StoredObject object = found.get();
    JsonNode owners = object.metadata().path("ownerReferences");
    int present = 0;
    for (JsonNode owner : owners) {
      if (isPresent(owner, object)) {
        present++;
      }
    }
    if (present == 0 && !owners.isEmpty()) {
      delete(object);
    } else if (present < owners.size()) {
      for (JsonNode owner : owners) {
        if (!isPresent(owner, object)) {
          removeOwner(object, Json.text(owner, "uid"));
          return;
        }
      }
    }
  }

  /** A namespaced owner counts only in the dependent's own namespace. */
  private boolean isPresent(JsonNode owner, StoredObject dependent) {
    return store
        .byUid(Json.text(owner, "uid"))
        .filter(o -> o.namespace().isEmpty() || o.namespace().equals(dependent.namespace()))
        .filter(o -> o.name().equals(Json.text(owner, "name")))
        .isPresent();
  }

  private void removeOwner(StoredObject object, String uid) {
    ObjectNode after = object.copy();
    ObjectNode metadata = Json.make(after, "metadata");
    ArrayNode rest = Json.array();
    for (JsonNode owner : metadata.path("ownerReferences")) {
      if (!Json.text(owner, "uid").equals(uid)) {
        rest.add(owner);
      }
    }
    metadata.set("ownerReferences", rest);
    if (rest.isEmpty()) {
      metadata.remove("ownerReferences");
    }
    if (store.write(object.type(), object, after).isEmpty()) {
      store.byUid(object.uid()).ifPresent(now -> removeOwner(now, uid));
    }
  }

  /** Deletes with background propagation: its own dependents follow when it has gone. */
  private void delete(StoredObject object) {
    ObjectNode after = object.copy();
    boolean runs = PodDeletion.begin(object.type(), after, -1);
    if (!runs && !object.hasFinalizers() && !object.type().isNamespace()) {
      after = null;
    } else {
      Json.setDefault(Json.make(after, "metadata"), "deletionTimestamp", Json.now());
      if (object.type().isNamespace()) {
        Json.make(after, "status").put("phase", "Terminating");
      }
    }
    if (store.write(object.type(), object, after).isEmpty()) {
      // Someone changed it meanwhile.
      store.byUid(object.uid()).filter(now -> !now.isBeingDeleted()).ifPresent(this::delete);
    }
  }
}
