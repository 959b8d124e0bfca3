package dev.voting.local.controllers;

import dev.voting.operator.watch.AnyChange;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs the controllers: every change of an object triggers the controller of its kind and that of
 * its owner. One thread does all the work, so no controller ever sees its own unfinished steps.
 */
public final class Controllers implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Controllers.class.getName());
  private static final Duration RETRY = Duration.ofMillis(500);

  private final KubernetesClient client;
  private final Map<String, Controller> byKind;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("controllers").daemon().factory());
  private final Set<Key> waiting = new HashSet<>();
  private final Set<Key> gathering = new HashSet<>();
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

  public Controllers(KubernetesClient client) {
    this.client = client;
    this.byKind =
        Map.of(
            "StatefulSet", new StatefulSets(client),
            "Deployment", new Deployments(client),
            "ReplicaSet", new ReplicaSets(client),
            "Job", new Jobs(client),
            "PersistentVolumeClaim", new Claims(client));
  }

  /** Starts the controllers. */
  public void start() {
    watch(Pod.class);
    watch(StatefulSet.class);
    watch(Deployment.class);
    watch(ReplicaSet.class);
    watch(Job.class);
    watch(PersistentVolumeClaim.class);
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
    worker.shutdown();
    try {
      // An unfinished step is at most a few requests to a server in this process.
      worker.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T extends HasMetadata> void watch(Class<T> kind) {
    informers.add(client.resources(kind).inAnyNamespace().inform(new AnyChange<>(this::wake)));
  }

  private void wake(HasMetadata object) {
    enqueue(Key.of(object), Duration.ZERO);
    Owned.controller(object).ifPresent(owner -> gather(Key.owner(object, owner)));
    if (object instanceof Pod pod && Jobs.isUncounted(pod) && Owned.controller(pod).isEmpty()) {
      gather(new Key("Job", pod.getMetadata().getNamespace(), ""));
    }
  }

  private void gather(Key owner) {
    if (!byKind.containsKey(owner.kind())) {
      return;
    }
    Duration batch = byKind.get(owner.kind()).batch();
    synchronized (waiting) {
      if (!batch.isZero() && !gathering.add(owner)) {
        return;
      }
    }
    enqueue(owner, batch);
  }

  private void enqueue(Key key, Duration delay) {
    if (!byKind.containsKey(key.kind())) {
      return;
    }
    synchronized (waiting) {
      if (delay.isZero() && !waiting.add(key)) {
        return;
      }
    }
    try {
      worker.schedule(() -> work(key), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "closed before reconciling {0}", key);
    }
  }

  private void work(Key key) {
    synchronized (waiting) {
      waiting.remove(key);
      gathering.remove(key);
    }
    try {
      byKind
          .get(key.kind())
          .reconcile(key.namespace(), key.name())
          .ifPresent(delay -> enqueue(key, delay));
    } catch (KubernetesClientException e) {
      // The object was changed or deleted between two requests: reconcile again.
      LOG.log(System.Logger.Level.DEBUG, "reconciling again: " + key, e);
      enqueue(key, RETRY);
    }
  }
}
