package dev.voting.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * What distinguishes one object of a cluster from all others.
 *
 * @param kind such as {@code Deployment}; no two kinds that the operator handles share a name
 * @param namespace null for an object of the whole cluster
 * @param name within the namespace
 */
public record ObjectKey(String kind, String namespace, String name) {

  public static ObjectKey of(HasMetadata object) {
    var metadata = object.getMetadata();
    return new ObjectKey(object.getKind(), metadata.getNamespace(), metadata.getName());
  }

  @Override
  public String toString() {
    return namespace == null ? kind + " " + name : kind + " " + namespace + "/" + name;
  }
}
