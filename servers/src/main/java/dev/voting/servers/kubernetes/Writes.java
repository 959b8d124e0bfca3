package dev.voting.servers.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.ManagedFields.Manager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The verbs that write: create, replace, patch, apply and delete. Each reads the object, computes
 * what shall be and writes it if nobody was quicker, else does so again.
 */
final class Writes {

  /** Which object, or which part of it. */
  record Target(ResourceType type, String namespace, String name, String subresource) {
    boolean isStatus() {
      return subresource.equals("status");
    }
  }

  /** What a write left, and whether it made it. */
  record Written(StoredObject object, boolean created, List<String> warnings) {}

  private static final String FOREGROUND = "foregroundDeletion";
  private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private final Store store;
  private final ResourceTypes types;
  private final Admission admission;
  private volatile OwnerProtection owners;

  Writes(Store store, ResourceTypes types, Admission admission) {
    this.store = store;
    this.types = types;
    this.admission = admission;
    protectOwners(asked -> true);
  }

  void protectOwners(Predicate<AccessReview> allowed) {
    owners = new OwnerProtection(types, allowed);
  }

  Written create(Target target, ObjectNode body, Request request) {
    ResourceType type = target.type();
    List<String> warnings = decode(type, body, request);
    checkIdentity(target, body);
    ObjectNode metadata = Json.make(body, "metadata");
    if (metadata.has("resourceVersion")) {
      throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
    }
    if (Json.text(metadata, "name").isEmpty()) {
      String prefix = Json.text(metadata, "generateName");
      if (prefix.isEmpty()) {
        throw ApiException.invalid(
            type,
            "",
            List.of(
                new ApiException.Cause(
                    "metadata.name",
                    "FieldValueRequired",
                    "Required value: name or generateName is required")));
      }
      metadata.put("name", prefix + suffix());
    }
    metadata.remove("managedFields");
    Manager manager = new Manager(request.fieldManager(), false, type.apiVersion(), "");
    StoredObject made =
        insert(
            target,
            body,
            request,
            tree -> {
              ManagedFields managed = new ManagedFields();
              FieldSet mine = Typed.added(withoutStatus(type, tree), type.schema());
              managed.set(manager, mine);
              return managed;
            });
    return new Written(made, true, warnings);
  }

  private static String suffix() {
    StringBuilder suffix = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      suffix.append(
          SUFFIX_LETTERS.charAt(ThreadLocalRandom.current().nextInt(SUFFIX_LETTERS.length())));
    }
    return suffix.toString();
  }

  private StoredObject insert(
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
    metadata.put("creationTimestamp", ManagedFields.now());
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

  /** PUT, of the object or of its status. */
  Written replace(Target target, ObjectNode body, Request request) {
    List<String> warnings = decode(target.type(), body, request);
    checkIdentity(target, body);
    if (store.get(target.type(), target.namespace(), target.name()).isEmpty()
        && target.subresource().isEmpty()
        && target.type().is("coordination.k8s.io", "leases")
        && Json.text(body, "metadata", "resourceVersion").isEmpty()) {
      // Leases, among few others, can be created by PUT.
      return create(target, body, request);
    }
    return update(target, request, before -> body.deepCopy(), warnings);
  }

  /** JSON patch, merge patch and strategic merge patch. */
  Written patch(Target target, Request request) {
    String contentType = request.header("content-type");
    List<String> warnings = new ArrayList<>();
    return update(
        target,
        request,
        before -> {
          ObjectNode patched =
              Patches.apply(before.copy(), request.body(), contentType, target.type());
          warnings.clear();
          warnings.addAll(decode(target.type(), patched, request));
          checkIdentity(target, patched);
          return patched;
        },
        warnings);
  }

  private Written update(
      Target target,
      Request request,
      Function<StoredObject, ObjectNode> change,
      List<String> warnings) {
    ResourceType type = target.type();
    Manager manager =
        new Manager(request.fieldManager(), false, type.apiVersion(), target.subresource());
    while (true) {
      StoredObject before = existing(target);
      ObjectNode wanted = change.apply(before);
      checkPreconditions(before, wanted);
      // Who writes may also say who manages what.
      ManagedFields managed =
          ManagedFields.of(
              Json.at(wanted, "metadata", "managedFields").isEmpty() ? before.tree() : wanted);
      ObjectNode after = fit(target, before, wanted);
      managed.updated(manager, Typed.compare(bare(before.tree()), bare(after), type.schema()));
      managed.writeTo(after);
      Optional<StoredObject> written = commit(target, before, after, request);
      if (written.isPresent()) {
        return new Written(written.get(), false, warnings);
      }
      if (!Json.text(wanted, "metadata", "resourceVersion").isEmpty()
          && request.method().equals("PUT")) {
        throw ApiException.modified(type, target.name());
      }
    }
  }

  /** Server-side apply. */
  Written apply(Target target, Request request) {
    ResourceType type = target.type();
    if (request.parameter("fieldManager").isEmpty()) {
      throw ApiException.invalid(
          type,
          target.name(),
          List.of(
              new ApiException.Cause(
                  "fieldManager",
                  "FieldValueRequired",
                  "Required value: is required for apply patch")));
    }
    ObjectNode config = Json.parseObject(request.body());
    if (!Json.at(config, "metadata", "managedFields").isEmpty()) {
      throw ApiException.badRequest("metadata.managedFields must be nil");
    }
    List<String> unknown = Decoder.decodeApplied(type, config);
    if (!unknown.isEmpty()) {
      throw ApiException.undeclared(type, target.namespace(), target.name(), unknown);
    }
    checkIdentity(target, config);
    Manager manager =
        new Manager(
            request.parameter("fieldManager"), true, type.apiVersion(), target.subresource());
    while (true) {
      Optional<StoredObject> before = store.get(type, target.namespace(), target.name());
      if (before.isEmpty() && target.subresource().isEmpty()) {
        StoredObject made = applyNew(target, config.deepCopy(), manager, request);
        if (made != null) {
          return new Written(made, true, List.of());
        }
        continue;
      }
      StoredObject live = existing(target);
      Optional<StoredObject> written = applyTo(target, live, config, manager, request);
      if (written.isPresent()) {
        return new Written(written.get(), false, List.of());
      }
    }
  }

  private StoredObject applyNew(
      Target target, ObjectNode config, Manager manager, Request request) {
    ResourceType type = target.type();
    if (!Json.text(config, "metadata", "resourceVersion").isEmpty()
        || !Json.text(config, "metadata", "uid").isEmpty()) {
      throw ApiException.conflict(
          type, target.name(), "the object does not exist, but the patch names one");
    }
    // What was applied counts, not what the server added to it.
    FieldSet wanted = Typed.fieldsOf(withoutStatus(type, config), type.schema());
    Decoder.decode(type, config);
    try {
      return insert(
          target,
          config,
          request,
          tree -> {
            ManagedFields managed = new ManagedFields();
            managed.set(manager, wanted);
            return managed;
          });
    } catch (ApiException e) {
      if (e.code() == 409) {
        return null;
      }
      throw e;
    }
  }

  private Optional<StoredObject> applyTo(
      Target target, StoredObject before, ObjectNode config, Manager manager, Request request) {
    ResourceType type = target.type();
    checkPreconditions(before, config);
    ObjectNode live = bare(before.tree());
    ObjectNode applied = partOf(target, config);
    Schema schema = type.schema();
    FieldSet wanted = Typed.fieldsOf(applied, schema);
    JsonNode merged = Typed.merge(live, applied, schema);
    ManagedFields managed = ManagedFields.of(before.tree());

    FieldSet changing = Typed.compare(live, merged, schema).changed().intersect(wanted);
    List<ApiException.Cause> conflicts = managed.conflicts(manager, changing);
    if (!conflicts.isEmpty()) {
      if (!request.flag("force")) {
        throw ApiException.applyConflict(conflicts);
      }
      managed.takeExactlyFromOthers(manager, changing);
    }
    FieldSet gone =
        managed
            .of(manager)
            .withParents()
            .minus(wanted.withParents())
            .minus(managed.ofOthers(manager).withParents());
    merged = Typed.without(merged, gone, schema);
    managed.set(manager, wanted);

    ObjectNode after = merged.deepCopy();
    Decoder.decode(type, after);
    after = fit(target, before, after);
    managed.writeTo(after);
    return commit(target, before, after, request);
  }

  /** What of an applied object counts: its status through the status subresource, else the rest. */
  private static ObjectNode partOf(Target target, ObjectNode config) {
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

  private static ObjectNode withoutStatus(ResourceType type, ObjectNode object) {
    if (!type.hasStatus() || !object.has("status")) {
      return object;
    }
    ObjectNode rest = Json.object();
    object.properties().forEach(field -> rest.set(field.getKey(), field.getValue()));
    rest.remove("status");
    return rest;
  }

  /** The object without what says who manages it. */
  private static ObjectNode bare(ObjectNode object) {
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

  /**
   * Makes of what a client wants what it may have: the server's own metadata stays, so does the
   * status unless that is what is written, and the rules of the kind hold.
   */
  private ObjectNode fit(Target target, StoredObject before, ObjectNode wanted) {
    ResourceType type = target.type();
    ObjectNode after = wanted;
    if (target.isStatus()) {
      after = before.copy();
      setOrRemove(after, "status", wanted.get("status"));
    } else if (type.hasStatus()) {
      setOrRemove(after, "status", before.tree().get("status"));
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
      setOrRemove(metadata, own, before.metadata().get(own));
    }
    metadata.remove("selfLink");
    admission.admitChanged(type, before.tree(), after, target.isStatus());
    if (type.hasGeneration() && !target.isStatus() && differsInSpec(type, before.tree(), after)) {
      metadata.put("generation", before.metadata().path("generation").asInt() + 1);
    }
    return after;
  }

  private static boolean differsInSpec(ResourceType type, ObjectNode before, ObjectNode after) {
    if (!type.isCustom()) {
      return !Json.same(before.path("spec"), after.path("spec"));
    }
    ObjectNode a = withoutStatus(type, bare(before));
    ObjectNode b = withoutStatus(type, bare(after));
    a.remove("metadata");
    b.remove("metadata");
    return !Json.same(a, b);
  }

  private static void setOrRemove(ObjectNode object, String field, JsonNode value) {
    if (value == null) {
      object.remove(field);
    } else {
      object.set(field, value.deepCopy());
    }
  }

  /** Writes, unless nothing changed; removes, when the last finalizer of a deleted object went. */
  private Optional<StoredObject> commit(
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

  private StoredObject existing(Target target) {
    return store
        .get(target.type(), target.namespace(), target.name())
        .orElseThrow(() -> ApiException.notFound(target.type(), target.name()));
  }

  private static void checkPreconditions(StoredObject before, ObjectNode wanted) {
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
  private static void checkIdentity(Target target, ObjectNode body) {
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

  private static List<String> decode(ResourceType type, ObjectNode body, Request request) {
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

  /**
   * Deletes an object, at once or when its finalizers are done.
   *
   * @param options the DeleteOptions, maybe empty
   * @return what is left, or the last state of what is gone
   */
  Written delete(Target target, ObjectNode options, Request request) {
    while (true) {
      StoredObject before = existing(target);
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
      metadata.put("deletionTimestamp", ManagedFields.now());
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
