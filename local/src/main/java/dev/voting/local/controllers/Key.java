package dev.voting.local.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;

/** The name of one object of one kind. */
record Key(String kind, String namespace, String name) {

  static Key of(HasMetadata object) {
    return new Key(
        object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  /** The object in the same namespace that an owner reference names. */
  static Key owner(HasMetadata owned, OwnerReference owner) {
    return new Key(owner.getKind(), owned.getMetadata().getNamespace(), owner.getName());
  }
}
