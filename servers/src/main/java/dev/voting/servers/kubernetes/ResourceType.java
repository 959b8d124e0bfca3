package dev.voting.servers.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.crd.validation.CrdValidator;
import java.util.List;

/**
 * A kind of object and how it is reached.
 *
 * @param group API group, "" for the core group
 * @param version version within the group
 * @param plural the name in URLs
 * @param kind the name in objects
 * @param namespaced whether objects live in a namespace
 * @param subresources of {@code status} and {@code scale}, those that it has
 * @param schema the type of the whole object
 * @param crd the CustomResourceDefinition that made this type, null for a built-in one
 */
record ResourceType(
    String group,
    String version,
    String plural,
    String singular,
    String kind,
    boolean namespaced,
    List<String> shortNames,
    List<String> categories,
    List<String> subresources,
    Schema schema,
    CustomKind crd) {

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** As messages name it: {@code deployments.apps}. */
  String pluralAndGroup() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  String kindAndGroup() {
    return group.isEmpty() ? kind : kind + "." + group;
  }

  boolean hasStatus() {
    return subresources.contains("status");
  }

  boolean hasScale() {
    return subresources.contains("scale");
  }

  boolean isCustom() {
    return crd != null;
  }

  boolean is(String group, String plural) {
    return this.group.equals(group) && this.plural.equals(plural);
  }

  boolean isNamespace() {
    return is("", "namespaces");
  }

  /** Whether {@code metadata.generation} is kept, as Kubernetes does for these kinds only. */
  boolean hasGeneration() {
    return isCustom()
        || switch (pluralAndGroup()) {
          case "pods",
              "deployments.apps",
              "statefulsets.apps",
              "replicasets.apps",
              "daemonsets.apps",
              "jobs.batch",
              "cronjobs.batch",
              "poddisruptionbudgets.policy",
              "networkpolicies.networking.k8s.io",
              "ingresses.networking.k8s.io",
              "customresourcedefinitions.apiextensions.k8s.io" ->
              true;
          default -> false;
        };
  }

  /** What is particular to a custom resource. */
  record CustomKind(CrdValidator validator, JsonNode printerColumns) {}

  /** A group and a plural: what stays the same over versions, so where objects are kept. */
  String key() {
    return pluralAndGroup();
  }
}
