package dev.voting.servers.kubernetes;

/** Keeps the kinds that the server knows in step with the CustomResourceDefinitions it holds. */
final class KindsFromCrds {

  private final ResourceTypes types;

  KindsFromCrds(ResourceTypes types) {
    this.types = types;
  }

  void onChange(Store.Change change) {
    StoredObject object = change.after() == null ? change.before() : change.after();
    if (!object.type().is("apiextensions.k8s.io", "customresourcedefinitions")) {
      return;
    }
    if (change.after() == null) {
      types.undefine(object.tree());
    } else if (change.before() == null
        || !Json.same(change.before().tree().path("spec"), object.tree().path("spec"))) {
      types.define(object.tree());
    }
  }
}
