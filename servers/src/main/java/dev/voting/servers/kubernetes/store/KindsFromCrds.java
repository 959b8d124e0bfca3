package dev.voting.servers.kubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.Decoder;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.wire.Json;

/**
 * Keeps the kinds that the server knows in step with the CustomResourceDefinitions it holds, and
 * the objects of a kind with its definition: what is read has the defaults of the schema that is in
 * force, and no field that this one does not know.
 */
public final class KindsFromCrds {

  private final ResourceTypes types;
  private final Store store;

  public KindsFromCrds(ResourceTypes types, Store store) {
    this.types = types;
    this.store = store;
  }

  public void onChange(Store.Change change) {
    StoredObject object = change.after() == null ? change.before() : change.after();
    if (!object.type().is("apiextensions.k8s.io", "customresourcedefinitions")) {
      return;
    }
    if (change.after() == null) {
      types.undefine(object.tree());
    } else if (change.before() == null
        || !Json.same(change.before().tree().path("spec"), object.tree().path("spec"))) {
      types.define(object.tree());
      types.all().stream()
          .filter(ResourceType::isCustom)
          .filter(
              type ->
                  type.is(
                      Json.text(object.tree(), "spec", "group"),
                      Json.text(object.tree(), "spec", "names", "plural")))
          .toList()
          .forEach(this::readAgain);
    }
  }

  private void readAgain(ResourceType type) {
    for (StoredObject object : store.list(type, "").objects()) {
      if (object.type().version().equals(type.version())) {
        ObjectNode tree = object.copy();
        Decoder.decode(type, tree);
        type.crd().validator().fillDefaults(tree);
        if (!Json.same(object.tree(), tree)) {
          store.write(type, object, tree);
        }
      }
    }
  }
}
