package dev.voting.local.controllers;

import dev.voting.local.node.Status;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** StatefulSet to pods with names, addresses and claims that stay. */
final class StatefulSets implements Controller {
  private static final String REVISION = "controller-revision-hash";

  private final KubernetesClient client;

  StatefulSets(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Duration> reconcile(String namespace, String name) {
    StatefulSet set = client.apps().statefulSets().inNamespace(namespace).withName(name).get();
    if (set == null || Owned.isTerminating(set)) {
      return Optional.empty();
    }
    String revision = name + "-" + Owned.hash(set.getSpec().getTemplate());
    int replicas = Optional.ofNullable(set.getSpec().getReplicas()).orElse(1);
    Map<Integer, Pod> pods = byOrdinal(set);
    step(set, revision, replicas, pods);
    report(set, revision);
    return Optional.empty();
  }

  /**
   * Makes what is missing, removes what is too much, then replaces what is outdated, one by one.
   */
  private void step(StatefulSet set, String revision, int replicas, Map<Integer, Pod> pods) {
    boolean inOrder = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
    boolean allReady = true;
    for (int ordinal = 0; ordinal < replicas; ordinal++) {
      Pod pod = pods.get(ordinal);
      if (pod == null) {
        claims(set, ordinal);
        client.resource(pod(set, ordinal, revision)).create();
      } else if (isOver(pod) && !Owned.isTerminating(pod)) {
        client.resource(pod).delete();
      }
      if (pod == null || !Owned.isReady(pod)) {
        allReady = false;
        if (inOrder) {
          break;
        }
      }
    }
    for (Map.Entry<Integer, Pod> pod : pods.entrySet()) {
      if (pod.getKey() >= replicas && !Owned.isTerminating(pod.getValue())) {
        client.resource(pod.getValue()).delete();
        return;
      }
    }
    // A pod that is not ready must not keep its successor with the mended template away.
    Optional<Pod> outdated =
        pods.values().stream()
            .filter(pod -> !revision.equals(pod.getMetadata().getLabels().get(REVISION)))
            .filter(pod -> !Owned.isTerminating(pod))
            .filter(pod -> !onDelete(set))
            .findFirst();
    if (outdated.isPresent() && (allReady || !Owned.isReady(outdated.get()))) {
      client.resource(outdated.get()).delete();
    }
  }

  private static boolean onDelete(StatefulSet set) {
    return set.getSpec().getUpdateStrategy() != null
        && "OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
  }

  private static boolean isOver(Pod pod) {
    return Owned.hasPhase(pod, "Succeeded") || Owned.hasPhase(pod, "Failed");
  }

  private Map<Integer, Pod> byOrdinal(StatefulSet set) {
    Map<Integer, Pod> pods = new TreeMap<>(Comparator.reverseOrder());
    String prefix = set.getMetadata().getName() + "-";
    for (Pod pod : Owned.pods(client, set)) {
      pods.put(Integer.valueOf(pod.getMetadata().getName().substring(prefix.length())), pod);
    }
    return pods;
  }

  private Pod pod(StatefulSet set, int ordinal, String revision) {
    String name = set.getMetadata().getName() + "-" + ordinal;
    PodBuilder pod =
        Owned.pod(
            set,
            set.getSpec().getTemplate(),
            name,
            Map.of(
                REVISION,
                revision,
                "statefulset.kubernetes.io/pod-name",
                name,
                "apps.kubernetes.io/pod-index",
                Integer.toString(ordinal)));
    var spec = pod.editSpec().withHostname(name).withSubdomain(set.getSpec().getServiceName());
    for (PersistentVolumeClaim claim : templates(set)) {
      String volume = claim.getMetadata().getName();
      spec.removeMatchingFromVolumes(other -> other.getName().equals(volume))
          .addToVolumes(
              new VolumeBuilder()
                  .withName(volume)
                  .withNewPersistentVolumeClaim(volume + "-" + name, false)
                  .build());
    }
    return spec.endSpec().build();
  }

  private void claims(StatefulSet set, int ordinal) {
    String namespace = set.getMetadata().getNamespace();
    for (PersistentVolumeClaim template : templates(set)) {
      String name =
          template.getMetadata().getName() + "-" + set.getMetadata().getName() + "-" + ordinal;
      var claims = client.persistentVolumeClaims().inNamespace(namespace);
      if (claims.withName(name).get() == null) {
        claims
            .resource(
                new PersistentVolumeClaimBuilder()
                    .withMetadata(template.getMetadata())
                    .editMetadata()
                    .withName(name)
                    .withNamespace(namespace)
                    .addToLabels(set.getSpec().getSelector().getMatchLabels())
                    .endMetadata()
                    .withSpec(template.getSpec())
                    .build())
            .create();
      }
    }
  }

  private static List<PersistentVolumeClaim> templates(StatefulSet set) {
    return Optional.ofNullable(set.getSpec().getVolumeClaimTemplates()).orElse(List.of());
  }

  private void report(StatefulSet set, String revision) {
    List<Pod> pods = Owned.pods(client, set);
    int ready = (int) pods.stream().filter(Owned::isReady).count();
    int updated =
        (int)
            pods.stream()
                .filter(pod -> revision.equals(pod.getMetadata().getLabels().get(REVISION)))
                .count();
    String before =
        Optional.ofNullable(set.getStatus())
            .map(StatefulSetStatus::getCurrentRevision)
            .orElse(revision);
    boolean done = updated == pods.size() && ready == pods.size();
    StatefulSetStatus status =
        new StatefulSetStatusBuilder()
            .withObservedGeneration(set.getMetadata().getGeneration())
            .withReplicas(pods.size())
            .withReadyReplicas(ready)
            .withAvailableReplicas(ready)
            .withUpdatedReplicas(updated)
            .withCurrentReplicas(done ? pods.size() : pods.size() - updated)
            .withCurrentRevision(done ? revision : before)
            .withUpdateRevision(revision)
            .withCollisionCount(0)
            .build();
    if (!status.equals(set.getStatus())) {
      Status.write(client, set, status);
    }
  }
}
