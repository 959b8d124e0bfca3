package dev.voting.operator.deploy;

import static java.util.stream.Collectors.toCollection;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Rights as text that one can compare, such as {@code apps/deployments patch}. */
public final class Rights {
  private Rights() {}

  /** The objects of {@code deploy/rbac.yaml}. */
  public static List<HasMetadata> objects() {
    try (var yaml = Files.newInputStream(Path.of("../deploy/rbac.yaml"))) {
      return new KubernetesSerialization().unmarshal(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What rules grant; a wildcard stands out as a resource or verb that nothing is. */
  public static Set<String> of(List<PolicyRule> rules) {
    return rules.stream()
        .flatMap(
            rule ->
                rule.getApiGroups().stream()
                    .flatMap(
                        group ->
                            rule.getResources().stream()
                                .flatMap(resource -> of(group + "/" + resource, rule.getVerbs()))))
        .collect(toCollection(TreeSet::new));
  }

  /** Verbs on a kind. */
  public static Stream<String> of(Class<? extends HasMetadata> kind, Collection<String> verbs) {
    return of(HasMetadata.getGroup(kind) + "/" + HasMetadata.getPlural(kind), verbs);
  }

  /** Verbs on a resource. */
  public static Stream<String> of(String resource, Collection<String> verbs) {
    return verbs.stream().map(verb -> resource + " " + verb);
  }
}
