package dev.voting.local.controllers;

import dev.voting.local.node.Status;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ReplicaSet to so many equal pods. */
final class ReplicaSets implements Controller {
  private final KubernetesClient client;

  ReplicaSets(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Duration> reconcile(String namespace, String name) {
    ReplicaSet set = client.apps().replicaSets().inNamespace(namespace).withName(name).get();
    if (set == null || Owned.isTerminating(set)) {
      return Optional.empty();
    }
    Owned.adopt(client, set, set.getSpec().getSelector(), pod -> true);
    int replicas = Optional.ofNullable(set.getSpec().getReplicas()).orElse(1);
    List<Pod> pods = active(set);
    for (int missing = pods.size(); missing < replicas; missing++) {
      client
          .resource(
              Owned.pod(set, set.getSpec().getTemplate(), name + "-" + Owned.suffix(), Map.of())
                  .build())
          .create();
    }
    pods.stream()
        // Ready pods are deleted last.
        .sorted(Comparator.comparing(Owned::isReady))
        .limit(Math.max(0, pods.size() - replicas))
        .forEach(pod -> client.resource(pod).delete());
    report(set);
    return Optional.empty();
  }

  private List<Pod> active(ReplicaSet set) {
    return Owned.pods(client, set).stream()
        .filter(pod -> !Owned.isTerminating(pod))
        .filter(pod -> !Owned.hasPhase(pod, "Succeeded") && !Owned.hasPhase(pod, "Failed"))
        .toList();
  }

  private void report(ReplicaSet set) {
    List<Pod> pods = active(set);
    int ready = (int) pods.stream().filter(Owned::isReady).count();
    ReplicaSetStatus status =
        new ReplicaSetStatusBuilder()
            .withObservedGeneration(set.getMetadata().getGeneration())
            .withReplicas(pods.size())
            .withFullyLabeledReplicas(pods.size())
            .withReadyReplicas(ready)
            .withAvailableReplicas(ready)
            .build();
    if (!status.equals(set.getStatus())) {
      Status.write(client, set, status);
    }
  }
}
