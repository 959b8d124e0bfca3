package dev.voting.local.controllers;

import dev.voting.local.node.Status;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateStatefulSetStrategy;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetUpdateStrategy;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * StatefulSet to pods with names, addresses and claims that stay. It waits where the real
 * controller waits: an ordered set never passes a pod that is not ready.
 */
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
    Owned.adopt(client, set, set.getSpec().getSelector(), pod -> ordinal(set, pod).isPresent());
    String revision = name + "-" + Owned.hash(set.getSpec().getTemplate());
    step(set, revision);
    report(set, revision);
    return Optional.empty();
  }

  /** In the order of the real controller: missing, surplus, outdated pods. */
  private void step(StatefulSet set, String revision) {
    int replicas = Optional.ofNullable(set.getSpec().getReplicas()).orElse(1);
    boolean inOrder = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
    NavigableMap<Integer, Pod> pods = byOrdinal(set);
    for (int ordinal = 0; ordinal < replicas; ordinal++) {
      boolean waits = fill(set, revision, ordinal, Optional.ofNullable(pods.get(ordinal)));
      if (waits && inOrder) {
        return;
      }
    }
    NavigableMap<Integer, Pod> condemned = pods.tailMap(replicas, true);
    Optional<Pod> firstUnavailable =
        condemned.values().stream().filter(StatefulSets::isUnavailable).findFirst();
    for (Pod pod : condemned.descendingMap().values()) {
      boolean ended = inOrder && isUnavailable(pod) && !firstUnavailable.equals(Optional.of(pod));
      if (!ended && !Owned.isTerminating(pod)) {
        client.resource(pod).delete();
      }
      if (inOrder) {
        return;
      }
    }
    if (!onDelete(set)) {
      update(set, revision, pods, replicas);
    }
  }

  /**
   * Creates the pod of an ordinal, if there is none.
   *
   * @return whether an ordered set waits for it
   */
  private boolean fill(StatefulSet set, String revision, int ordinal, Optional<Pod> found) {
    if (found.isEmpty()) {
      claims(set, ordinal);
      client.resource(pod(set, ordinal, revision)).create();
      return true;
    }
    Pod pod = found.get();
    if (isOver(pod)) {
      if (!Owned.isTerminating(pod)) {
        client.resource(pod).delete();
      }
      return true;
    }
    if (Owned.hasPhase(pod, "Pending")) {
      claims(set, ordinal);
    }
    return isUnavailable(pod);
  }

  /** Deletes the outdated pod of the highest ordinal, once all higher ones are available. */
  private void update(StatefulSet set, String revision, Map<Integer, Pod> pods, int replicas) {
    int partition =
        Optional.ofNullable(set.getSpec().getUpdateStrategy())
            .map(StatefulSetUpdateStrategy::getRollingUpdate)
            .map(RollingUpdateStatefulSetStrategy::getPartition)
            .orElse(0);
    for (int ordinal = replicas - 1; ordinal >= partition; ordinal--) {
      Pod pod = pods.get(ordinal);
      if (isOutdated(pod, revision)) {
        client.resource(pod).delete();
        return;
      }
      if (isUnavailable(pod)) {
        return;
      }
    }
  }

  /** A pod that was created in this round is null, and of the newest revision. */
  private static boolean isOutdated(Pod pod, String revision) {
    return pod != null
        && !revision.equals(pod.getMetadata().getLabels().get(REVISION))
        && !Owned.isTerminating(pod);
  }

  private static boolean isUnavailable(Pod pod) {
    return pod == null || Owned.isTerminating(pod) || !isRunningAndReady(pod);
  }

  private static boolean isRunningAndReady(Pod pod) {
    return Owned.hasPhase(pod, "Running") && Owned.isReady(pod);
  }

  private static boolean onDelete(StatefulSet set) {
    return set.getSpec().getUpdateStrategy() != null
        && "OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
  }

  private static boolean isOver(Pod pod) {
    return Owned.hasPhase(pod, "Succeeded") || Owned.hasPhase(pod, "Failed");
  }

  private NavigableMap<Integer, Pod> byOrdinal(StatefulSet set) {
    NavigableMap<Integer, Pod> pods = new TreeMap<>();
    Owned.pods(client, set)
        .forEach(pod -> ordinal(set, pod).ifPresent(ordinal -> pods.put(ordinal, pod)));
    return pods;
  }

  private static OptionalInt ordinal(StatefulSet set, Pod pod) {
    String prefix = set.getMetadata().getName() + "-";
    String name = pod.getMetadata().getName();
    return name.startsWith(prefix) && name.substring(prefix.length()).matches("\\d{1,9}")
        ? OptionalInt.of(Integer.parseInt(name.substring(prefix.length())))
        : OptionalInt.empty();
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
    int replicas = Optional.ofNullable(set.getSpec().getReplicas()).orElse(1);
    int ready = (int) pods.stream().filter(StatefulSets::isRunningAndReady).count();
    String before =
        Optional.ofNullable(set.getStatus())
            .map(StatefulSetStatus::getCurrentRevision)
            .orElse(revision);
    int updated = count(pods, revision);
    boolean complete =
        !onDelete(set) && updated == replicas && ready == replicas && pods.size() == replicas;
    StatefulSetStatus status =
        new StatefulSetStatusBuilder()
            .withObservedGeneration(set.getMetadata().getGeneration())
            .withReplicas(pods.size())
            .withReadyReplicas(ready)
            .withAvailableReplicas(ready)
            .withUpdatedReplicas(updated)
            .withCurrentReplicas(complete ? updated : count(pods, before))
            .withCurrentRevision(complete ? revision : before)
            .withUpdateRevision(revision)
            .withCollisionCount(0)
            .build();
    if (!status.equals(set.getStatus())) {
      Status.write(client, set, status);
    }
  }

  private static int count(List<Pod> pods, String revision) {
    return (int)
        pods.stream()
            .filter(pod -> !Owned.isTerminating(pod))
            .filter(pod -> revision.equals(pod.getMetadata().getLabels().get(REVISION)))
            .count();
  }
}
