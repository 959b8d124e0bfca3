package dev.voting.local.node.config;

import dev.voting.local.machine.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The directories behind PersistentVolumeClaims: {@code root/namespace/claim}. */
public final class Storage {
  private final Path root;

  public Storage(Path root) {
    this.root = root;
  }

  /** The claim's directory, created if missing. */
  public Path claim(String namespace, String name) throws IOException {
    return Files.createDirectories(root.resolve(namespace).resolve(name));
  }

  /** Deletes the claim's data, as the reclaim policy Delete does. */
  public void delete(String namespace, String name) throws IOException {
    Trees.delete(root.resolve(namespace).resolve(name));
  }
}
