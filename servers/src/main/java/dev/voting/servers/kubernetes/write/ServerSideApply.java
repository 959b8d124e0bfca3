package dev.voting.servers.kubernetes.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.apply.FieldSet;
import dev.voting.servers.kubernetes.apply.ManagedFields;
import dev.voting.servers.kubernetes.apply.ManagedFields.Manager;
import dev.voting.servers.kubernetes.apply.Typed;
import dev.voting.servers.kubernetes.schema.Decoder;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.Schema;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import java.util.List;
import java.util.Optional;

/** Server-side apply: who applies owns what is applied, and loses what is no longer. */
final class ServerSideApply {

  private final Store store;
  private final Commits commits;

  ServerSideApply(Store store, Commits commits) {
    this.store = store;
    this.commits = commits;
  }

  /**
   * Applies what a request holds.
   *
   * @throws ApiException 409 when others own fields that it changes, and it is not forced
   */
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
    BodyChecks.checkIdentity(target, config);
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
      StoredObject live = commits.existing(target);
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
    FieldSet wanted = Typed.fieldsOf(Parts.withoutStatus(type, config), type.schema());
    Decoder.decode(type, config);
    try {
      return commits.insert(
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
    BodyChecks.checkPatch(target, before, config);
    ObjectNode live = Parts.bare(before.tree());
    ObjectNode applied = Parts.partOf(target, config);
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
    after = commits.fit(target, before, after);
    managed.writeTo(after);
    return commits.commit(target, before, after, request);
  }
}
