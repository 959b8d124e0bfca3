package dev.voting.servers.kubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.crd.validation.CrdValidator;
import dev.voting.servers.kubernetes.wire.KindName;
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
public record ResourceType(
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
    CustomKind crd)
    implements KindName {

  @Override
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  public boolean hasStatus() {
    return subresources.contains("status");
  }

  public boolean hasScale() {
    return subresources.contains("scale");
  }

  public boolean isCustom() {
    return crd != null;
  }

  public boolean is(String group, String plural) {
    return this.group.equals(group) && this.plural.equals(plural);
  }

  public boolean isNamespace() {
    return is("", "namespaces");
  }

  /** Whether {@code metadata.generation} is kept, as Kubernetes does for these kinds only. */
  public boolean hasGeneration() {
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
  public record CustomKind(CrdValidator validator, JsonNode printerColumns) {}

  /** A group and a plural: what stays the same over versions, so where objects are kept. */
  public String key() {
    return pluralAndGroup();
  }
}
