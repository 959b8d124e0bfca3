package dev.voting.local.node;

import dev.voting.local.node.config.Addresses;
import dev.voting.local.node.config.Configuration;
import dev.voting.local.node.config.Environment;
import dev.voting.local.node.config.Node;
import dev.voting.local.node.config.Storage;
import dev.voting.local.node.config.Volumes;
import dev.voting.local.programs.Images;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Runs every Pod of the API, and ends those that were deleted. */
public final class Kubelet implements AutoCloseable {
  /** The caller waits while the node closes. */
  private static final Duration LONGEST_GRACE = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final NodeServices services;
  private final Storage storage;
  private final Map<String, PodWorker> workers = new HashMap<>();
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
  private boolean closed;

  /**
   * @param images which program runs for which image
   * @param pods the directory of the pods' files and logs
   * @param messages receives the lines for the terminal
   */
  public Kubelet(
      KubernetesClient client,
      Images images,
      Addresses addresses,
      Storage storage,
      Path pods,
      Consumer<String> messages)
      throws IOException {
    this.client = client;
    this.storage = storage;
    Configuration configuration = new Configuration(client);
    this.services =
        new NodeServices(
            client,
            images,
            addresses,
            new Environment(configuration, addresses),
            new Volumes(configuration, storage),
            new PodLogs(Files.createDirectories(pods)),
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build(),
            messages);
  }

  /** Registers the node and starts to run pods. */
  public void start() {
    client
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(Node.NAME)
                .addToLabels("kubernetes.io/hostname", Node.NAME)
                .addToLabels("kubernetes.io/os", "linux")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addNewAddress(Node.ADDRESS, "InternalIP")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withReason("KubeletReady")
                .endCondition()
                .endStatus()
                .build())
        .createOr(NonDeletingOperation::update);
    informers.add(
        client
            .pods()
            .inAnyNamespace()
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Pod pod) {
                    seen(pod);
                  }

                  @Override
                  public void onUpdate(Pod before, Pod pod) {
                    seen(pod);
                  }

                  @Override
                  public void onDelete(Pod pod, boolean finalStateUnknown) {
                    deleted(pod);
                  }
                }));
    informers.add(client.secrets().inAnyNamespace().inform(new Refresh<>()));
    informers.add(client.configMaps().inAnyNamespace().inform(new Refresh<>()));
    informers.add(
        client
            .persistentVolumeClaims()
            .inAnyNamespace()
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(PersistentVolumeClaim claim) {
                    // Its directory is created when the first pod mounts it.
                  }

                  @Override
                  public void onUpdate(PersistentVolumeClaim before, PersistentVolumeClaim claim) {
                    // A directory has no size to change.
                  }

                  @Override
                  public void onDelete(PersistentVolumeClaim claim, boolean finalStateUnknown) {
                    reclaim(claim);
                  }
                }));
  }

  /** Updates a changed Secret or ConfigMap in the pods that may have mounted it. */
  private final class Refresh<T extends HasMetadata> implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T object) {
      refresh(object.getMetadata().getNamespace());
    }

    @Override
    public void onUpdate(T before, T object) {
      refresh(object.getMetadata().getNamespace());
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
      // What is mounted stays as it is.
    }
  }

  private synchronized void refresh(String namespace) {
    workers.values().stream()
        .filter(worker -> worker.pod().getMetadata().getNamespace().equals(namespace))
        .forEach(worker -> Thread.startVirtualThread(worker::refresh));
  }

  /**
   * Ends the pods that match, all at once, and returns when they have ended.
   *
   * @param longest after which a pod is ended by force, even if its own grace period is longer
   */
  public void stop(Predicate<Pod> which, Duration longest) {
    List<CompletableFuture<Void>> gone = new ArrayList<>();
    synchronized (this) {
      workers.values().stream()
          .filter(worker -> which.test(worker.pod()))
          .forEach(worker -> gone.add(worker.stop(shorter(grace(worker.pod()), longest))));
    }
    gone.forEach(CompletableFuture::join);
  }

  /** Starts no more pods; running ones continue until they are stopped. */
  public synchronized void freeze() {
    closed = true;
  }

  @Override
  public void close() {
    freeze();
    stop(pod -> true, LONGEST_GRACE);
    informers.forEach(SharedIndexInformer::close);
    services.http().close();
  }

  /**
   * The log file of a container of a pod that runs here.
   *
   * @param container its name; null for the pod's first
   * @param previous whether of the run before the current one
   */
  public synchronized Optional<Path> log(
      String namespace, String pod, String container, boolean previous) {
    return Optional.ofNullable(workers.get(namespace + "/" + pod))
        .flatMap(worker -> worker.log(container, previous));
  }

  private synchronized void seen(Pod pod) {
    String key = key(pod);
    PodWorker current = workers.get(key);
    if (current != null && uid(current).equals(pod.getMetadata().getUid())) {
      if (pod.getMetadata().getDeletionTimestamp() != null) {
        remove(current, pod);
      }
      return;
    }
    if (closed || pod.getMetadata().getDeletionTimestamp() != null) {
      return;
    }
    CompletableFuture<Void> before = CompletableFuture.completedFuture(null);
    if (current != null) {
      before = current.stop(grace(current.pod()));
    }
    PodWorker worker = new PodWorker(services, pod);
    workers.put(key, worker);
    worker.gone().thenRun(() -> forget(key, worker));
    worker.start(before);
  }

  private synchronized void deleted(Pod pod) {
    PodWorker current = workers.get(key(pod));
    if (current != null && uid(current).equals(pod.getMetadata().getUid())) {
      current.stop(grace(pod));
    }
  }

  /** Deletes a claim's data once no pod uses it any more. */
  private synchronized void reclaim(PersistentVolumeClaim claim) {
    if (closed) {
      return;
    }
    String namespace = claim.getMetadata().getNamespace();
    String name = claim.getMetadata().getName();
    CompletableFuture<?>[] users =
        workers.values().stream()
            .filter(worker -> mounts(worker.pod(), namespace, name))
            .map(PodWorker::gone)
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(users)
        .thenRunAsync(
            () -> {
              try {
                storage.delete(namespace, name);
              } catch (IOException e) {
                services.log("cannot remove the data of " + name + ": " + e.getMessage());
              }
            });
  }

  private static boolean mounts(Pod pod, String namespace, String claim) {
    return pod.getMetadata().getNamespace().equals(namespace)
        && Optional.ofNullable(pod.getSpec().getVolumes()).orElse(List.of()).stream()
            .map(Volume::getPersistentVolumeClaim)
            .anyMatch(source -> source != null && source.getClaimName().equals(claim));
  }

  /** The API server removes the pod only after the node has reported its end. */
  private void remove(PodWorker worker, Pod pod) {
    worker
        .stop(grace(pod))
        .thenRun(
            () ->
                client
                    .pods()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(pod.getMetadata().getName())
                    .withGracePeriod(0)
                    .delete());
  }

  private synchronized void forget(String key, PodWorker worker) {
    workers.remove(key, worker);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration grace(Pod pod) {
    return Duration.ofSeconds(
        Optional.ofNullable(pod.getMetadata().getDeletionGracePeriodSeconds())
            .or(() -> Optional.ofNullable(pod.getSpec().getTerminationGracePeriodSeconds()))
            .orElse(30L));
  }

  private static String key(Pod pod) {
    return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
  }

  private static String uid(PodWorker worker) {
    return worker.pod().getMetadata().getUid();
  }
}
