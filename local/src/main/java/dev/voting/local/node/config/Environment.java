package dev.voting.local.node.config;

import dev.voting.local.programs.Mounts;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Computes a container's environment as a kubelet does, with local addresses. */
public final class Environment {
  private static final Pattern MAP_FIELD =
      Pattern.compile("metadata\\.(?<map>labels|annotations)\\['(?<key>[^']+)'\\]");

  private final Configuration configuration;
  private final Addresses addresses;

  public Environment(Configuration configuration, Addresses addresses) {
    this.configuration = configuration;
    this.addresses = addresses;
  }

  /**
   * The variables in the order of the spec; mounted paths in plain values are local paths.
   *
   * @param findsServices whether the program resolves Services' names to the loopback address
   */
  public Map<String, String> of(Pod pod, Container container, Mounts mounts, boolean findsServices)
      throws ContainerConfigException {
    UnaryOperator<String> localised =
        findsServices ? addresses::translatePorts : addresses::translate;
    Map<String, String> variables = new LinkedHashMap<>();
    for (EnvFromSource source : container.getEnvFrom()) {
      addAll(pod.getMetadata().getNamespace(), source, variables);
    }
    for (EnvVar variable : container.getEnv()) {
      Optional<String> value =
          variable.getValueFrom() == null
              ? Optional.of(
                  mounts.translate(
                      Expansion.expand(
                          Optional.ofNullable(variable.getValue()).orElse(""), variables)))
              : from(variable.getValueFrom(), pod, container);
      value.ifPresent(found -> variables.put(variable.getName(), found));
    }
    variables.replaceAll((name, value) -> localised.apply(value));
    return variables;
  }

  private void addAll(String namespace, EnvFromSource source, Map<String, String> variables)
      throws ContainerConfigException {
    Map<String, byte[]> content;
    if (source.getConfigMapRef() != null) {
      var reference = source.getConfigMapRef();
      content =
          configuration.configMap(
              namespace, reference.getName(), Boolean.TRUE.equals(reference.getOptional()));
    } else {
      var reference = source.getSecretRef();
      content =
          configuration.secret(
              namespace, reference.getName(), Boolean.TRUE.equals(reference.getOptional()));
    }
    String prefix = Optional.ofNullable(source.getPrefix()).orElse("");
    content.forEach((key, value) -> variables.put(prefix + key, text(value)));
  }

  private Optional<String> from(EnvVarSource source, Pod pod, Container container)
      throws ContainerConfigException {
    String namespace = pod.getMetadata().getNamespace();
    if (source.getSecretKeyRef() != null) {
      SecretKeySelector key = source.getSecretKeyRef();
      boolean optional = Boolean.TRUE.equals(key.getOptional());
      return key(
          configuration.secret(namespace, key.getName(), optional),
          "Secret " + namespace + "/" + key.getName(),
          key.getKey(),
          optional);
    }
    if (source.getConfigMapKeyRef() != null) {
      ConfigMapKeySelector key = source.getConfigMapKeyRef();
      boolean optional = Boolean.TRUE.equals(key.getOptional());
      return key(
          configuration.configMap(namespace, key.getName(), optional),
          "ConfigMap " + namespace + "/" + key.getName(),
          key.getKey(),
          optional);
    }
    if (source.getFieldRef() != null) {
      return Optional.of(field(source.getFieldRef().getFieldPath(), pod));
    }
    if (source.getResourceFieldRef() != null) {
      return Optional.of(resource(source.getResourceFieldRef(), container));
    }
    return Optional.empty();
  }

  private static Optional<String> key(
      Map<String, byte[]> content, String where, String key, boolean optional)
      throws ContainerConfigException {
    byte[] value = content.get(key);
    if (value == null && !optional) {
      throw new ContainerConfigException(
          "CreateContainerConfigError", "couldn't find key " + key + " in " + where);
    }
    return Optional.ofNullable(value).map(Environment::text);
  }

  private static String field(String path, Pod pod) throws ContainerConfigException {
    Matcher map = MAP_FIELD.matcher(path);
    if (map.matches()) {
      Map<String, String> values =
          map.group("map").equals("labels")
              ? pod.getMetadata().getLabels()
              : pod.getMetadata().getAnnotations();
      return Optional.ofNullable(values).orElse(Map.of()).getOrDefault(map.group("key"), "");
    }
    return switch (path) {
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "spec.nodeName" -> Node.NAME;
      case "spec.serviceAccountName" ->
          Optional.ofNullable(pod.getSpec().getServiceAccountName()).orElse("default");
      case "status.podIP", "status.hostIP", "status.podIPs", "status.hostIPs" -> Node.ADDRESS;
      default ->
          throw new ContainerConfigException(
              "CreateContainerConfigError", "unsupported fieldPath: " + path);
    };
  }

  private static String resource(ResourceFieldSelector field, Container container)
      throws ContainerConfigException {
    String[] parts = field.getResource().split("\\.", 2);
    var resources = Optional.ofNullable(container.getResources());
    Map<String, Quantity> quantities =
        resources
            .map(r -> parts[0].equals("limits") ? r.getLimits() : r.getRequests())
            .orElse(Map.of());
    Quantity quantity = parts.length == 2 ? quantities.get(parts[1]) : null;
    if (quantity == null) {
      throw new ContainerConfigException(
          "CreateContainerConfigError",
          "the local node does not support resourceFieldRef "
              + field.getResource()
              + ": set it in the container's resources");
    }
    BigDecimal divisor =
        Optional.ofNullable(field.getDivisor())
            .map(Quantity::getNumericalAmount)
            .filter(amount -> amount.signum() > 0)
            .orElse(BigDecimal.ONE);
    return quantity
        .getNumericalAmount()
        .divide(divisor, 0, RoundingMode.CEILING)
        .toBigInteger()
        .toString();
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }
}
