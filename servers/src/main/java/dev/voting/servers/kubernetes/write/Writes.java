package dev.voting.servers.kubernetes.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.apply.FieldSet;
import dev.voting.servers.kubernetes.apply.ManagedFields;
import dev.voting.servers.kubernetes.apply.ManagedFields.Manager;
import dev.voting.servers.kubernetes.apply.Patches;
import dev.voting.servers.kubernetes.apply.Typed;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The verbs that write: create, replace, patch, apply and delete. Each reads the object, computes
 * what shall be and writes it if nobody was quicker, else does so again.
 */
public final class Writes {

  private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private final Store store;
  private final Commits commits;
  private final ServerSideApply apply;
  private final Deletions deletions;

  public Writes(Store store, ResourceTypes types, Admission admission) {
    this.store = store;
    commits = new Commits(store, types, admission);
    apply = new ServerSideApply(store, commits);
    deletions = new Deletions(store, commits);
  }

  public void protectOwners(Predicate<AccessReview> allowed) {
    commits.protectOwners(allowed);
  }

  public Written create(Target target, ObjectNode body, Request request) {
    ResourceType type = target.type();
    List<String> warnings = BodyChecks.decode(type, body, request);
    BodyChecks.checkIdentity(target, body);
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
        commits.insert(
            target,
            body,
            request,
            tree -> {
              ManagedFields managed = new ManagedFields();
              FieldSet mine = Typed.added(Parts.withoutStatus(type, tree), type.schema());
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

  /** PUT, of the object or of its status. */
  public Written replace(Target target, ObjectNode body, Request request) {
    List<String> warnings = BodyChecks.decode(target.type(), body, request);
    BodyChecks.checkIdentity(target, body);
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
  public Written patch(Target target, Request request) {
    String contentType = request.header("content-type");
    List<String> warnings = new ArrayList<>();
    return update(
        target,
        request,
        before -> {
          ObjectNode patched =
              Patches.apply(before.copy(), request.body(), contentType, target.type());
          warnings.clear();
          warnings.addAll(BodyChecks.decode(target.type(), patched, request));
          BodyChecks.checkIdentity(target, patched);
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
      StoredObject before = commits.existing(target);
      ObjectNode wanted = change.apply(before);
      if (request.method().equals("PUT")) {
        BodyChecks.checkReplacement(before, wanted);
      } else {
        BodyChecks.checkPatch(target, before, wanted);
      }
      // Who writes may also say who manages what.
      ManagedFields managed =
          ManagedFields.of(
              Json.at(wanted, "metadata", "managedFields").isEmpty() ? before.tree() : wanted);
      ObjectNode after = commits.fit(target, before, wanted);
      managed.updated(
          manager, Typed.compare(Parts.bare(before.tree()), Parts.bare(after), type.schema()));
      managed.writeTo(after);
      Optional<StoredObject> written = commits.commit(target, before, after, request);
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
  public Written apply(Target target, Request request) {
    return apply.apply(target, request);
  }

  /**
   * Deletes an object, at once or when its finalizers are done.
   *
   * @param options the DeleteOptions, maybe empty
   * @return what is left, or no object when that is nothing
   */
  public Written delete(Target target, ObjectNode options, Request request) {
    return deletions.delete(target, options, request);
  }
}
