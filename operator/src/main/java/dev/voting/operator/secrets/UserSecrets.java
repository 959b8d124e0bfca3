package dev.voting.operator.secrets;

import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.watch.ReferencedSecrets;
import dev.voting.operator.watch.ReferencedSecrets.Reference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Looks up the user's own Secrets, and notes what is missing. */
final class UserSecrets {
  private final String app;
  private final ReferencedSecrets references;
  private final Set<Reference> asked = new HashSet<>();
  private final List<Finding> problems = new ArrayList<>();
  private final List<Finding> refusals = new ArrayList<>();

  UserSecrets(String app, ReferencedSecrets references) {
    this.app = app;
    this.references = references;
  }

  /** What can be read, or, where that is refused, something else. */
  public <T> T orElse(T otherwise, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (KubernetesClientException e) {
      refusals.add(Finding.refused(new ObjectKey("Secret", dataNamespace(), Names.CREDENTIALS), e));
      return otherwise;
    }
  }

  public String dataNamespace() {
    return new Names(app).dataNamespace();
  }

  Optional<String> value(String namespace, String name, String key) {
    var secret = find(namespace, name);
    var value = secret.flatMap(found -> SecretValues.value(found, key));
    if (value.isEmpty() && refusals.isEmpty()) {
      problems.add(
          new Finding(
              "SecretMissing",
              secret.isEmpty()
                  ? "Secret %s in namespace %s is missing: create it, with the key %s"
                      .formatted(name, namespace, key)
                  : "Secret %s in namespace %s lacks the key %s: add it"
                      .formatted(name, namespace, key)));
    }
    return value;
  }

  /** The same, of a value that must not be shorter than so many characters. */
  void value(String namespace, String name, String key, int shortest) {
    value(namespace, name, key)
        .filter(value -> value.length() < shortest)
        .ifPresent(
            _ ->
                problems.add(
                    new Finding(
                        "SecretInvalid",
                        "the key %s of Secret %s in namespace %s must have at least %d characters"
                            .formatted(key, name, namespace, shortest))));
  }

  boolean has(String namespace, String name, String key) {
    return find(namespace, name).flatMap(secret -> SecretValues.value(secret, key)).isPresent();
  }

  boolean isUri(String uri, String scheme, String secretName) {
    if (uri.startsWith(scheme)) {
      return true;
    }
    problems.add(
        new Finding(
            "SecretInvalid",
            "the key %s of Secret %s in namespace %s must be a URI of %s, such as %s://host"
                .formatted(Names.URI, secretName, dataNamespace(), scheme, scheme)));
    return false;
  }

  String checksum(String namespace, String name) {
    return Checksum.of(
        find(namespace, name)
            .<Map<String, String>>map(secret -> new TreeMap<>(secret.getData()))
            .orElse(Map.of()));
  }

  private Optional<Secret> find(String namespace, String name) {
    var reference = new Reference(namespace, name);
    asked.add(reference);
    try {
      return references.find(app, reference);
    } catch (KubernetesClientException e) {
      refusals.add(Finding.refused(new ObjectKey("Secret", namespace, name), e));
      return Optional.empty();
    }
  }

  Set<Reference> asked() {
    return asked;
  }

  /** What somebody must provide. */
  List<Finding> problems() {
    return problems;
  }

  /** What the API server refused. */
  List<Finding> refusals() {
    return refusals;
  }
}
