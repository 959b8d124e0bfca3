package dev.voting.local.commands;

import dev.voting.local.errors.InvalidInput;
import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds a kind by any of its names in the API. */
final class Kinds {
  /** The kinds of kubectl's category all that exist here. */
  private static final List<String> ALL =
      List.of("pods", "services", "deployments", "replicasets", "statefulsets", "jobs");

  private Kinds() {}

  /** The kinds of names such as {@code va}, {@code pods,svc} or {@code all}. */
  static List<ResourceDefinitionContext> find(KubernetesClient client, String words) {
    List<ResourceDefinitionContext> found = new ArrayList<>();
    for (String word : words.split(",")) {
      List<String> names = word.equals("all") ? ALL : List.of(word);
      names.forEach(name -> found.add(one(client, name)));
    }
    return found;
  }

  private static ResourceDefinitionContext one(KubernetesClient client, String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    for (String version : versions(client)) {
      for (APIResource resource : client.getApiResources(version).getResources()) {
        if (!resource.getName().contains("/") && isCalled(resource, wanted)) {
          return context(version, resource);
        }
      }
    }
    throw new InvalidInput("the API has no kind \"" + name + "\"");
  }

  private static List<String> versions(KubernetesClient client) {
    List<String> versions = new ArrayList<>(List.of("v1"));
    for (APIGroup group : client.getApiGroups().getGroups()) {
      versions.add(group.getPreferredVersion().getGroupVersion());
    }
    return versions;
  }

  private static boolean isCalled(APIResource resource, String name) {
    return resource.getName().equals(name)
        || name.equals(resource.getSingularName())
        || resource.getKind().toLowerCase(Locale.ROOT).equals(name)
        || Optional.ofNullable(resource.getShortNames()).orElse(List.of()).contains(name);
  }

  private static ResourceDefinitionContext context(String version, APIResource resource) {
    String[] parts = version.split("/", 2);
    return new ResourceDefinitionContext.Builder()
        .withGroup(parts.length == 2 ? parts[0] : "")
        .withVersion(parts[parts.length - 1])
        .withKind(resource.getKind())
        .withPlural(resource.getName())
        .withNamespaced(Boolean.TRUE.equals(resource.getNamespaced()))
        .build();
  }
}
