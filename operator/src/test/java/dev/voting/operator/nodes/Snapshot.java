package dev.voting.operator.nodes;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** All objects of the operator's in the four namespaces, as they are. */
final class Snapshot {

  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          ConfigMap.class,
          Secret.class,
          Service.class,
          ServiceAccount.class,
          Deployment.class,
          StatefulSet.class,
          Job.class,
          Ingress.class,
          NetworkPolicy.class,
          PodDisruptionBudget.class);

  private final KubernetesClient client;
  private final Map<String, Map<String, Object>> contents = new TreeMap<>();
  private final Map<String, String> versions = new TreeMap<>();

  Snapshot(KubernetesClient client, Names names) {
    this.client = client;
    for (var namespace : names.namespaces()) {
      add(client.namespaces().withName(namespace).get());
      for (var kind : KINDS) {
        client
            .resources(kind)
            .inNamespace(namespace)
            .withLabel(Names.MANAGED_BY, Names.OPERATOR)
            .list()
            .getItems()
            .forEach(this::add);
      }
    }
  }

  private void add(HasMetadata object) {
    var key =
        "%s %s/%s"
            .formatted(
                object.getKind(),
                object.getMetadata().getNamespace(),
                object.getMetadata().getName());
    contents.put(key, content(object));
    versions.put(
        key, object.getMetadata().getUid() + " " + object.getMetadata().getResourceVersion());
  }

  /** What is the operator's word, and not the server's for each object that is made again. */
  @SuppressWarnings("unchecked")
  private Map<String, Object> content(HasMetadata object) {
    Map<String, Object> content =
        client.getKubernetesSerialization().convertValue(object, Map.class);
    content.put("metadata", Map.of("labels", object.getMetadata().getLabels()));
    content.remove("status");
    if (object instanceof Service) {
      ((Map<String, Object>) content.get("spec"))
          .keySet()
          .removeAll(List.of("clusterIP", "clusterIPs"));
    }
    if (object instanceof Job || object instanceof Namespace) {
      content.remove("spec");
    }
    return content;
  }

  /** The objects that are not as they were, or not there, or new. */
  List<String> differences(Snapshot before) {
    return differences(contents, before.contents);
  }

  /** The objects to which anything was written. */
  List<String> writes(Snapshot before) {
    return differences(versions, before.versions);
  }

  private static <T> List<String> differences(Map<String, T> now, Map<String, T> before) {
    var keys = new TreeSet<>(now.keySet());
    keys.addAll(before.keySet());
    return keys.stream().filter(key -> !Objects.equals(now.get(key), before.get(key))).toList();
  }
}
