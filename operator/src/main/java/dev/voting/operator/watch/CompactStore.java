package dev.voting.operator.watch;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.OwnedFields;
import dev.voting.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an informer remembers, in a fraction of the memory, so that a thousand VotingApps fit. Field
 * sets, by far the most of an object, are replaced by the digest that they are read for; what an
 * object says is left out where all that counts is whether it still says so, which the digest
 * shows.
 *
 * <p>Our label lets an object in here, and anybody may set it: of what cannot be ours no more is
 * kept than its name, and nothing large of what can.
 */
public final class CompactStore<T extends HasMetadata> extends BasicItemStore<T> {

  /** Passwords, URIs and certificates are much smaller; so are annotations that matter here. */
  private static final int LARGE = 16 * 1024;

  private static final Set<String> SECRETS =
      Set.of(
          Names.CREDENTIALS,
          Names.AUTHORITY,
          Names.certificate(Names.POSTGRES),
          Names.certificate(Names.REDIS));

  public CompactStore() {
    super(Cache::metaNamespaceKeyFunc);
  }

  /** The object has just been read, and nobody else has it yet. */
  @Override
  public T put(String key, T object) {
    if (!Ownership.mayBeOurs(object)) {
      dropAll(object);
      return super.put(key, object);
    }
    var digest = OwnedFields.digest(object);
    var replicas = OwnedFields.haveReplicas(object);
    for (var entry : object.getMetadata().getManagedFields()) {
      entry.setFieldsV1(null);
      if (OwnedFields.isOurs(entry)) {
        digest.ifPresent(known -> entry.setFieldsV1(fields(known, replicas)));
      }
    }
    dropLarge(object.getMetadata().getAnnotations());
    dropContent(object);
    return super.put(key, object);
  }

  private static void dropAll(HasMetadata object) {
    var metadata = object.getMetadata();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(metadata.getNamespace())
            .withName(metadata.getName())
            .withUid(metadata.getUid())
            .withResourceVersion(metadata.getResourceVersion())
            .build());
    switch (object) {
      case Secret secret -> secret.setData(null);
      case StatefulSet set -> set.setSpec(null);
      case Deployment deployment -> deployment.setSpec(null);
      case Job job -> job.setSpec(null);
      case Pod pod -> {
        pod.setSpec(null);
        pod.setStatus(null);
      }
      default -> dropContent(object);
    }
  }

  private static void dropLarge(Map<String, String> values) {
    if (values != null) {
      values.values().removeIf(value -> value != null && value.length() > LARGE);
    }
  }

  private static FieldsV1 fields(String digest, boolean replicas) {
    var fields = new FieldsV1();
    fields.setAdditionalProperty(OwnedFields.DIGEST, digest);
    if (replicas) {
      fields.setAdditionalProperty("f:spec", Map.of("f:replicas", Map.of()));
    }
    return fields;
  }

  private static void dropContent(HasMetadata object) {
    switch (object) {
      case Secret secret when SECRETS.contains(secret.getMetadata().getName()) ->
          dropLarge(secret.getData());
      case Secret secret -> secret.setData(null);
      case ConfigMap configMap -> {
        configMap.setData(null);
        configMap.setBinaryData(null);
      }
      case NetworkPolicy policy -> policy.setSpec(null);
      case Ingress ingress -> ingress.setSpec(null);
      case Service service -> service.setSpec(null);
      case StatefulSet set -> dropDetails(set.getSpec().getTemplate().getSpec());
      case Deployment deployment -> dropDetails(deployment.getSpec().getTemplate().getSpec());
      case Job job -> dropDetails(job.getSpec().getTemplate().getSpec());
      case Pod pod -> dropDetails(pod.getSpec());
      default -> {}
    }
  }

  private static List<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()).toList();
  }

  /** Of a pod, its containers and their images are enough to show how it is. */
  private static void dropDetails(PodSpec pod) {
    pod.setVolumes(List.of());
    for (var container : containers(pod)) {
      container.setEnv(List.of());
      container.setVolumeMounts(List.of());
      container.setLivenessProbe(null);
      container.setReadinessProbe(null);
      container.setStartupProbe(null);
    }
  }
}
