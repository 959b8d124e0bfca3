package dev.voting.operator.apply;

import dev.voting.operator.cluster.ObjectKey;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Secrets and ConfigMaps that a workload's pods start with. Pods that start before a change of
 * one of these is applied have the old content for as long as they run, and a checksum that says
 * otherwise.
 */
final class PodInputs {
  private PodInputs() {}

  /**
   * The objects that pods start with.
   *
   * @return empty for what has no pods
   */
  static Set<ObjectKey> of(HasMetadata workload) {
    var namespace = workload.getMetadata().getNamespace();
    return spec(workload).stream()
        .flatMap(
            pod ->
                Stream.concat(
                    pod.getVolumes().stream().flatMap(volume -> of(volume, namespace)),
                    Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
                        .map(Container::getEnv)
                        .flatMap(env -> env.stream().flatMap(one -> of(one, namespace)))))
        .collect(Collectors.toSet());
  }

  private static Optional<PodSpec> spec(HasMetadata workload) {
    return switch (workload) {
      case Deployment deployment -> Optional.of(deployment.getSpec().getTemplate().getSpec());
      case StatefulSet set -> Optional.of(set.getSpec().getTemplate().getSpec());
      case Job job -> Optional.of(job.getSpec().getTemplate().getSpec());
      default -> Optional.empty();
    };
  }

  private static Stream<ObjectKey> of(Volume volume, String namespace) {
    if (volume.getSecret() != null) {
      return Stream.of(secret(namespace, volume.getSecret().getSecretName()));
    }
    if (volume.getConfigMap() != null) {
      return Stream.of(configMap(namespace, volume.getConfigMap().getName()));
    }
    return Stream.empty();
  }

  private static Stream<ObjectKey> of(EnvVar variable, String namespace) {
    var source = variable.getValueFrom();
    if (source != null && source.getSecretKeyRef() != null) {
      return Stream.of(secret(namespace, source.getSecretKeyRef().getName()));
    }
    if (source != null && source.getConfigMapKeyRef() != null) {
      return Stream.of(configMap(namespace, source.getConfigMapKeyRef().getName()));
    }
    return Stream.empty();
  }

  private static ObjectKey secret(String namespace, String name) {
    return new ObjectKey("Secret", namespace, name);
  }

  private static ObjectKey configMap(String namespace, String name) {
    return new ObjectKey("ConfigMap", namespace, name);
  }
}
