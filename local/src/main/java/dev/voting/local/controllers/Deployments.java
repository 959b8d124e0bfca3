package dev.voting.local.controllers;

import dev.voting.local.node.Status;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Deployment to ReplicaSets: one for the current template, and the older ones while they shrink.
 */
final class Deployments implements Controller {
  private static final String HASH = "pod-template-hash";

  private final KubernetesClient client;

  Deployments(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Duration> reconcile(String namespace, String name) {
    Deployment deployment = client.apps().deployments().inNamespace(namespace).withName(name).get();
    if (deployment == null || Owned.isTerminating(deployment)) {
      return Optional.empty();
    }
    String hash = Owned.hash(deployment.getSpec().getTemplate());
    List<ReplicaSet> sets = sets(deployment);
    Optional<ReplicaSet> current = sets.stream().filter(set -> has(set, hash)).findFirst();
    List<ReplicaSet> old = sets.stream().filter(set -> !has(set, hash)).toList();
    if (!Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
      step(deployment, hash, current, old);
    }
    report(deployment, hash);
    return Optional.empty();
  }

  private void step(
      Deployment deployment, String hash, Optional<ReplicaSet> current, List<ReplicaSet> old) {
    int wanted = wanted(deployment);
    int oldPods = sum(old, set -> Math.max(desired(set), replicas(set)));
    boolean recreate =
        deployment.getSpec().getStrategy() != null
            && "Recreate".equals(deployment.getSpec().getStrategy().getType());
    int room = recreate ? (oldPods == 0 ? wanted : 0) : wanted + surge(deployment) - oldPods;
    int next = Math.max(0, Math.min(wanted, room));
    if (current.isEmpty()) {
      client.resource(set(deployment, hash, next)).create();
    } else if (desired(current.get()) < next || desired(current.get()) > wanted) {
      scale(current.get(), next);
    }
    if (recreate) {
      old.stream().filter(set -> desired(set) > 0).forEach(set -> scale(set, 0));
    } else {
      shrink(old, wanted - unavailable(deployment), current.map(Deployments::ready).orElse(0));
    }
    // Empty ones are useless here: nobody rolls back on a local node.
    old.stream()
        .filter(set -> desired(set) == 0 && replicas(set) == 0)
        .forEach(set -> client.resource(set).delete());
  }

  /** Scales old ReplicaSets down, as long as enough other pods are ready. */
  private void shrink(List<ReplicaSet> old, int atLeast, int currentReady) {
    int spare = currentReady + sum(old, Deployments::ready) - atLeast;
    for (ReplicaSet set : old) {
      // Pods that are not ready serve nobody.
      int idle = desired(set) - Math.min(desired(set), ready(set));
      int serving = Math.max(0, Math.min(desired(set) - idle, spare));
      int less = idle + serving;
      spare -= serving;
      if (less > 0) {
        scale(set, desired(set) - less);
      }
    }
  }

  private void scale(ReplicaSet set, int replicas) {
    client
        .apps()
        .replicaSets()
        .inNamespace(set.getMetadata().getNamespace())
        .withName(set.getMetadata().getName())
        .edit(
            current ->
                new ReplicaSetBuilder(current).editSpec().withReplicas(replicas).endSpec().build());
  }

  private ReplicaSet set(Deployment deployment, String hash, int replicas) {
    return new ReplicaSetBuilder()
        .withNewMetadata()
        .withName(deployment.getMetadata().getName() + "-" + hash)
        .withNamespace(deployment.getMetadata().getNamespace())
        .withLabels(deployment.getSpec().getTemplate().getMetadata().getLabels())
        .addToLabels(HASH, hash)
        .withOwnerReferences(Owned.reference(deployment))
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withSelector(deployment.getSpec().getSelector())
        .editSelector()
        .addToMatchLabels(HASH, hash)
        .endSelector()
        .withTemplate(deployment.getSpec().getTemplate())
        .editTemplate()
        .editMetadata()
        .addToLabels(HASH, hash)
        .endMetadata()
        .endTemplate()
        .endSpec()
        .build();
  }

  private List<ReplicaSet> sets(Deployment deployment) {
    return client
        .apps()
        .replicaSets()
        .inNamespace(deployment.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(set -> Owned.isOwner(deployment, set))
        .sorted(Comparator.comparing(set -> set.getMetadata().getName()))
        .toList();
  }

  private void report(Deployment deployment, String hash) {
    List<ReplicaSet> sets = sets(deployment);
    int wanted = wanted(deployment);
    int replicas = sum(sets, Deployments::replicas);
    int ready = sum(sets, Deployments::ready);
    int updated = sum(sets.stream().filter(set -> has(set, hash)).toList(), Deployments::replicas);
    boolean available = ready >= wanted - unavailable(deployment);
    boolean complete = updated == wanted && replicas == wanted && ready == wanted;
    DeploymentStatus before = deployment.getStatus();
    DeploymentStatus status =
        new DeploymentStatusBuilder()
            .withObservedGeneration(deployment.getMetadata().getGeneration())
            .withReplicas(replicas)
            .withUpdatedReplicas(updated)
            .withReadyReplicas(ready)
            .withAvailableReplicas(ready)
            .withUnavailableReplicas(Math.max(0, Math.max(wanted, replicas) - ready))
            .withConditions(
                condition(
                    before,
                    "Available",
                    available,
                    available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable"),
                condition(
                    before,
                    "Progressing",
                    true,
                    complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated"))
            .build();
    if (!status.equals(before)) {
      Status.write(client, deployment, status);
    }
  }

  private static DeploymentCondition condition(
      DeploymentStatus before, String type, boolean status, String reason) {
    String text = status ? "True" : "False";
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Optional<DeploymentCondition> old =
        Optional.ofNullable(before).map(DeploymentStatus::getConditions).orElse(List.of()).stream()
            .filter(condition -> condition.getType().equals(type))
            .findFirst();
    boolean sameStatus = old.filter(condition -> condition.getStatus().equals(text)).isPresent();
    boolean same =
        sameStatus && old.filter(condition -> reason.equals(condition.getReason())).isPresent();
    return new DeploymentConditionBuilder()
        .withType(type)
        .withStatus(text)
        .withReason(reason)
        .withLastTransitionTime(sameStatus ? old.get().getLastTransitionTime() : now)
        .withLastUpdateTime(same ? old.get().getLastUpdateTime() : now)
        .build();
  }

  private static int surge(Deployment deployment) {
    int surge = share(deployment, RollingUpdateDeployment::getMaxSurge, wanted(deployment), true);
    // With both zero there would be no progress; Kubernetes then allows one to be unavailable.
    return surge;
  }

  private static int unavailable(Deployment deployment) {
    int unavailable =
        share(deployment, RollingUpdateDeployment::getMaxUnavailable, wanted(deployment), false);
    return unavailable == 0 && surge(deployment) == 0 ? 1 : unavailable;
  }

  private static int share(
      Deployment deployment,
      java.util.function.Function<RollingUpdateDeployment, IntOrString> side,
      int wanted,
      boolean up) {
    IntOrString value =
        Optional.ofNullable(deployment.getSpec().getStrategy())
            .map(strategy -> strategy.getRollingUpdate())
            .map(side)
            .orElseGet(() -> new IntOrString("25%"));
    if (value.getIntVal() != null) {
      return value.getIntVal();
    }
    double exact = wanted * Integer.parseInt(value.getStrVal().replace("%", "")) / 100.0;
    return (int) (up ? Math.ceil(exact) : Math.floor(exact));
  }

  private static boolean has(ReplicaSet set, String hash) {
    return hash.equals(set.getMetadata().getLabels().get(HASH));
  }

  private static int wanted(Deployment deployment) {
    return Optional.ofNullable(deployment.getSpec().getReplicas()).orElse(1);
  }

  private static int desired(ReplicaSet set) {
    return Optional.ofNullable(set.getSpec().getReplicas()).orElse(1);
  }

  private static int replicas(ReplicaSet set) {
    return set.getStatus() == null || set.getStatus().getReplicas() == null
        ? 0
        : set.getStatus().getReplicas();
  }

  private static int ready(ReplicaSet set) {
    return set.getStatus() == null || set.getStatus().getReadyReplicas() == null
        ? 0
        : set.getStatus().getReadyReplicas();
  }

  private static int sum(List<ReplicaSet> sets, ToIntFunction<ReplicaSet> what) {
    return sets.stream().mapToInt(what).sum();
  }
}
