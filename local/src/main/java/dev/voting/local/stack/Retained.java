package dev.voting.local.stack;

import dev.voting.operator.watch.AnyChange;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesListBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stores on disk what the data need: namespaces, Secrets and claims. A VotingApp of the same name
 * takes them over, as on a cluster after the deletion of a VotingApp with the policy Retain.
 */
final class Retained implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Retained.class.getName());
  private static final long DELAY_MILLIS = 100;

  private final KubernetesClient client;
  private final Path file;
  private final ScheduledExecutorService writer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("retained").daemon().factory());
  private final AtomicBoolean pending = new AtomicBoolean();
  private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

  Retained(KubernetesClient client, Path file) {
    this.client = client;
    this.file = file;
  }

  /** Restores the stored objects, then stores changes. */
  void start() throws IOException {
    restore();
    watch(Namespace.class);
    watch(Secret.class);
    watch(PersistentVolumeClaim.class);
  }

  /** Stores everything and stops. */
  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
    writer.shutdown();
    try {
      writer.awaitTermination(5, TimeUnit.SECONDS);
      save();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void restore() throws IOException {
    if (Files.notExists(file)) {
      return;
    }
    String yaml = Files.readString(file);
    if (yaml.isBlank()) {
      return;
    }
    for (HasMetadata object : client.load(stream(yaml)).items()) {
      client.resource(object).createOr(NonDeletingOperation::update);
    }
  }

  private static java.io.InputStream stream(String text) {
    return new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private <T extends HasMetadata> void watch(Class<T> kind) {
    informers.add(
        client.resources(kind).inAnyNamespace().inform(new AnyChange<>(object -> saveSoon())));
  }

  private void saveSoon() {
    if (!pending.compareAndSet(false, true)) {
      return;
    }
    try {
      writer.schedule(
          () -> {
            pending.set(false);
            save();
          },
          DELAY_MILLIS,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: close() saves once more itself.
      pending.set(false);
    }
  }

  private void save() {
    List<HasMetadata> objects = new ArrayList<>();
    client.namespaces().list().getItems().stream()
        .filter(namespace -> !isOfTheCluster(namespace.getMetadata().getName()))
        .filter(namespace -> namespace.getMetadata().getDeletionTimestamp() == null)
        .forEach(
            namespace -> {
              namespace.setStatus(null);
              objects.add(namespace);
            });
    client.secrets().inAnyNamespace().list().getItems().stream()
        .filter(secret -> !isOfTheCluster(secret.getMetadata().getNamespace()))
        .forEach(objects::add);
    client.persistentVolumeClaims().inAnyNamespace().list().getItems().stream()
        .filter(claim -> !isOfTheCluster(claim.getMetadata().getNamespace()))
        .forEach(
            claim -> {
              claim.setStatus(null);
              objects.add(claim);
            });
    objects.forEach(object -> object.setMetadata(lasting(object.getMetadata())));
    try {
      write(
          client
              .getKubernetesSerialization()
              .asYaml(new KubernetesListBuilder().withItems(objects).build()));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "cannot write {0}: {1}", file, e.getMessage());
    }
  }

  private void write(String yaml) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    // It holds passwords, so only its owner may read it, from the first byte on.
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(next, yaml);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean isOfTheCluster(String namespace) {
    return namespace.startsWith("kube-");
  }

  /** The metadata to store. Owners are left out: their uids change with each API server. */
  private static ObjectMeta lasting(ObjectMeta meta) {
    return new ObjectMetaBuilder()
        .withName(meta.getName())
        .withNamespace(meta.getNamespace())
        .withLabels(Optional.ofNullable(meta.getLabels()).orElse(java.util.Map.of()))
        .withAnnotations(Optional.ofNullable(meta.getAnnotations()).orElse(java.util.Map.of()))
        .build();
  }
}
