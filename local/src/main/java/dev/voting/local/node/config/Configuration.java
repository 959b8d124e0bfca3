package dev.voting.local.node.config;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads ConfigMaps and Secrets as bytes by key. */
public final class Configuration {
  private final KubernetesClient client;

  public Configuration(KubernetesClient client) {
    this.client = client;
  }

  /** The ConfigMap's keys; empty when it is missing but optional. */
  Map<String, byte[]> configMap(String namespace, String name, boolean optional)
      throws ContainerConfigException {
    ConfigMap found = client.configMaps().inNamespace(namespace).withName(name).get();
    if (found == null) {
      return missing("configmap", name, optional);
    }
    Map<String, byte[]> content = new TreeMap<>();
    Optional.ofNullable(found.getData())
        .orElse(Map.of())
        .forEach((key, value) -> content.put(key, value.getBytes(StandardCharsets.UTF_8)));
    Optional.ofNullable(found.getBinaryData())
        .orElse(Map.of())
        .forEach((key, value) -> content.put(key, Base64.getDecoder().decode(value)));
    return content;
  }

  /** The Secret's keys, decoded; empty when it is missing but optional. */
  Map<String, byte[]> secret(String namespace, String name, boolean optional)
      throws ContainerConfigException {
    Secret found = client.secrets().inNamespace(namespace).withName(name).get();
    if (found == null) {
      return missing("secret", name, optional);
    }
    Map<String, byte[]> content = new TreeMap<>();
    Optional.ofNullable(found.getData())
        .orElse(Map.of())
        .forEach((key, value) -> content.put(key, Base64.getDecoder().decode(value)));
    // An API server stores stringData as data; one in memory may not.
    Optional.ofNullable(found.getStringData())
        .orElse(Map.of())
        .forEach((key, value) -> content.put(key, value.getBytes(StandardCharsets.UTF_8)));
    return content;
  }

  private static Map<String, byte[]> missing(String kind, String name, boolean optional)
      throws ContainerConfigException {
    if (optional) {
      return Map.of();
    }
    throw new ContainerConfigException(
        "CreateContainerConfigError", kind + " \"" + name + "\" not found");
  }
}
