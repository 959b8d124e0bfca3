package dev.voting.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.operator.apply.Repair;
import dev.voting.operator.apply.Writes;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.reconcile.Preview.Change;
import dev.voting.operator.steps.storage.FixedFields;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Writes that are only tried out: the API server answers what would become of each object, with its
 * defaults and its admission, and keeps nothing of it.
 */
final class DryRun implements Writes {

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Names.OPERATOR)
          .withForce(true)
          .withDryRun(List.of("All"))
          .build();

  private static final PatchContext MERGE =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withDryRun(List.of("All"))
          .build();

  private final KubernetesClient client;
  private final Repair repair;
  private final Set<String> namespaces;
  private final Map<ObjectKey, Change> changes = new ConcurrentHashMap<>();

  DryRun(KubernetesClient client, ObservedState observed) {
    this.client = client;
    this.repair = new Repair(client);
    this.namespaces =
        observed.all(Namespace.class).stream()
            .map(namespace -> namespace.getMetadata().getName())
            .collect(Collectors.toSet());
  }

  /** What was tried out, in the order of a blueprint, and then what the blueprint does not hold. */
  List<Change> changes(Blueprint blueprint) {
    var order = blueprint.objects().map(ObjectKey::of).toList();
    return changes.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<ObjectKey, Change>>comparingInt(
                    entry ->
                        order.contains(entry.getKey())
                            ? order.indexOf(entry.getKey())
                            : Integer.MAX_VALUE)
                .thenComparing(entry -> entry.getKey().toString()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** What is created is applied thereafter. */
  @Override
  public void create(HasMetadata object) {}

  @Override
  public Optional<HasMetadata> apply(HasMetadata desired, Optional<HasMetadata> actual) {
    var namespace = desired.getMetadata().getNamespace();
    if (namespace != null && !namespaces.contains(namespace)) {
      // Nothing can be tried out in a namespace that does not exist yet.
      note(Optional.empty(), desired);
    } else {
      var before = actual.or(() -> Optional.ofNullable(client.resource(desired).get()));
      note(before, applied(desired, before));
    }
    return Optional.empty();
  }

  private HasMetadata applied(HasMetadata desired, Optional<HasMetadata> before) {
    try {
      var applied = client.resource(FixedFields.changeable(desired, before)).patch(APPLY);
      return FixedFields.recreated(applied, desired);
    } catch (KubernetesClientException e) {
      if (before.isEmpty() || !Repair.mayFix(desired, e)) {
        throw e;
      }
      return repair.preview(desired, e);
    }
  }

  @Override
  public HasMetadata applyUnforced(HasMetadata desired) {
    return desired;
  }

  /** Each try is made of the object as it is, so that several are put together here. */
  @Override
  public void merge(HasMetadata object, Map<String, ?> fields) {
    var serialization = client.getKubernetesSerialization();
    client.resource(object).patch(MERGE, serialization.asJson(fields));
    var before = Optional.ofNullable(changes.get(ObjectKey.of(object))).flatMap(Change::after);
    var merged =
        merged(
            serialization.convertValue(before.orElse(object), ObjectNode.class),
            serialization.convertValue(fields, ObjectNode.class));
    note(Optional.of(object), serialization.convertValue(merged, object.getClass()));
  }

  private static JsonNode merged(ObjectNode into, ObjectNode fields) {
    fields
        .properties()
        .forEach(
            field -> {
              if (field.getValue() instanceof ObjectNode inner
                  && into.get(field.getKey()) instanceof ObjectNode there) {
                merged(there, inner);
              } else {
                into.set(field.getKey(), field.getValue());
              }
            });
    return into;
  }

  @Override
  public void delete(HasMetadata object, DeletionPropagation dependents) {
    deleteUnchanged(object);
  }

  @Override
  public void deleteUnchanged(HasMetadata object) {
    changes.put(ObjectKey.of(object), new Change(Optional.of(object), Optional.empty()));
  }

  @Override
  public void recreate(StatefulSet desired, StatefulSet actual) {
    apply(desired, Optional.of(actual));
  }

  private void note(Optional<HasMetadata> before, HasMetadata after) {
    changes.put(ObjectKey.of(after), new Change(before, Optional.of(after)));
  }
}
