package dev.voting.local.node.config;

import dev.voting.local.programs.Mounts;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Provides the volumes of a pod as directories of this machine. */
public final class Volumes {
  private final Configuration configuration;
  private final Storage storage;

  public Volumes(Configuration configuration, Storage storage) {
    this.configuration = configuration;
    this.storage = storage;
  }

  /**
   * Writes every volume of the pod below {@code directory}.
   *
   * @return the volumes' directories by volume name
   */
  public Map<String, Path> materialise(Pod pod, Path directory)
      throws ContainerConfigException, IOException {
    Map<String, Path> volumes = new java.util.TreeMap<>();
    for (Volume volume : Optional.ofNullable(pod.getSpec().getVolumes()).orElse(List.of())) {
      volumes.put(volume.getName(), materialise(pod, volume, directory));
    }
    return volumes;
  }

  /**
   * Brings the Secrets and ConfigMaps of a running pod up to date, as a kubelet does now and then.
   *
   * @param directory the one that they were {@link #materialise}d in
   */
  public void refresh(Pod pod, Path directory) throws ContainerConfigException, IOException {
    for (Volume volume : Optional.ofNullable(pod.getSpec().getVolumes()).orElse(List.of())) {
      if (volume.getSecret() != null
          || volume.getConfigMap() != null
          || volume.getProjected() != null) {
        materialise(pod, volume, directory);
      }
    }
  }

  /** The container's volumeMounts, given its pod's volumes. */
  public static Mounts mounts(Container container, Map<String, Path> volumes) throws IOException {
    List<Mounts.Mount> mounts = new ArrayList<>();
    for (VolumeMount mount : Optional.ofNullable(container.getVolumeMounts()).orElse(List.of())) {
      Path volume = volumes.get(mount.getName());
      if (volume == null) {
        throw new IOException(
            "volumeMounts: there is no volume \"" + mount.getName() + "\" in the pod");
      }
      String path = mount.getMountPath().replaceFirst("(?<=.)/+$", "");
      Path target = mount.getSubPath() == null ? volume : volume.resolve(mount.getSubPath());
      mounts.add(new Mounts.Mount(path, target));
    }
    return new Mounts(mounts);
  }

  private Path materialise(Pod pod, Volume volume, Path directory)
      throws ContainerConfigException, IOException {
    String namespace = pod.getMetadata().getNamespace();
    if (volume.getPersistentVolumeClaim() != null) {
      return storage.claim(namespace, volume.getPersistentVolumeClaim().getClaimName());
    }
    Path target = Files.createDirectories(directory.resolve(volume.getName()));
    if (volume.getConfigMap() != null) {
      ConfigMapVolumeSource source = volume.getConfigMap();
      boolean optional = Boolean.TRUE.equals(source.getOptional());
      var content = configuration.configMap(namespace, source.getName(), optional);
      write(target, content, source.getItems(), false);
      if (source.getItems().isEmpty()) {
        deleteOthers(target, content.keySet());
      }
    } else if (volume.getSecret() != null) {
      SecretVolumeSource source = volume.getSecret();
      boolean optional = Boolean.TRUE.equals(source.getOptional());
      var content = configuration.secret(namespace, source.getSecretName(), optional);
      write(target, content, source.getItems(), true);
      if (source.getItems().isEmpty()) {
        deleteOthers(target, content.keySet());
      }
    } else if (volume.getProjected() != null) {
      for (VolumeProjection source : volume.getProjected().getSources()) {
        project(target, namespace, source);
      }
    } else if (volume.getEmptyDir() == null) {
      throw new ContainerConfigException(
          "ContainerCreating",
          "the local node does not support the kind of volume that \""
              + volume.getName()
              + "\" asks for: it knows configMap, secret, projected, emptyDir and"
              + " persistentVolumeClaim");
    }
    return target;
  }

  private void project(Path target, String namespace, VolumeProjection source)
      throws ContainerConfigException, IOException {
    if (source.getConfigMap() != null) {
      var from = source.getConfigMap();
      boolean optional = Boolean.TRUE.equals(from.getOptional());
      write(
          target,
          configuration.configMap(namespace, from.getName(), optional),
          from.getItems(),
          false);
    } else if (source.getSecret() != null) {
      var from = source.getSecret();
      boolean optional = Boolean.TRUE.equals(from.getOptional());
      write(
          target, configuration.secret(namespace, from.getName(), optional), from.getItems(), true);
    }
  }

  private static void write(
      Path directory, Map<String, byte[]> content, List<KeyToPath> items, boolean confidential)
      throws ContainerConfigException, IOException {
    if (items == null || items.isEmpty()) {
      for (Map.Entry<String, byte[]> entry : content.entrySet()) {
        write(directory.resolve(entry.getKey()), entry.getValue(), confidential);
      }
      return;
    }
    for (KeyToPath item : items) {
      byte[] value = content.get(item.getKey());
      Path file = directory.resolve(item.getPath()).normalize();
      if (value == null || !file.startsWith(directory)) {
        throw new ContainerConfigException(
            "ContainerCreating", "references non-existent config key: " + item.getKey());
      }
      write(file, value, confidential);
    }
  }

  /** Atomically, because the container may be reading. */
  private static void write(Path file, byte[] content, boolean confidential) throws IOException {
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
      return;
    }
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling("..new-" + file.getFileName());
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(fresh, content);
    Files.setPosixFilePermissions(
        fresh, PosixFilePermissions.fromString(confidential ? "rw-------" : "rw-r--r--"));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void deleteOthers(Path directory, Set<String> keys) throws IOException {
    List<Path> others;
    try (Stream<Path> files = Files.list(directory)) {
      others = files.filter(file -> !keys.contains(file.getFileName().toString())).toList();
    }
    for (Path other : others) {
      Files.delete(other);
    }
  }
}
