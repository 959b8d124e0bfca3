package dev.voting.local.stack;

import dev.voting.local.errors.CommandException;
import dev.voting.local.machine.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The directories of one run: either all temporary, or in a data directory that is kept for the
 * next run.
 */
public final class Workspace implements AutoCloseable {
  private final Path root;
  private final boolean kept;
  private final Optional<FileChannel> lock;

  private Workspace(Path root, boolean kept, Optional<FileChannel> lock) throws IOException {
    this.root = root;
    this.kept = kept;
    this.lock = lock;
    // Left behind by an earlier run that was killed; the list of its processes is still needed.
    Trees.delete(pods());
    Files.createDirectories(run());
    Files.createDirectories(volumes());
  }

  /** Directories that are deleted with the process. */
  public static Workspace temporary() throws IOException {
    Path root = Files.createTempDirectory("votingapp-");
    enterable(root);
    return new Workspace(root, false, Optional.empty());
  }

  /**
   * Directories below one that stays.
   *
   * @throws CommandException if another process uses it
   */
  public static Workspace in(Path directory) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new CommandException("--data-dir: " + directory + " is not a directory");
    }
    if (Files.notExists(root)) {
      make(root, directory);
    }
    if (!Files.isWritable(root)) {
      throw new CommandException("--data-dir: no permission to write to " + directory);
    }
    FileChannel lock =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(lock)) {
      lock.close();
      throw new CommandException(
          "--data-dir: another votingapp uses " + directory + ": stop it or choose another one");
    }
    return new Workspace(root, true, Optional.of(lock));
  }

  private static void make(Path root, Path asGiven) {
    try {
      Files.createDirectories(root);
      enterable(root);
    } catch (IOException e) {
      throw new CommandException(
          "--data-dir: cannot create " + asGiven + ": choose another directory", e);
    }
  }

  /** The directories of PersistentVolumeClaims. */
  Path volumes() {
    return root.resolve("volumes");
  }

  /** Files that are needed only while the processes run. */
  Path run() {
    return root.resolve("run");
  }

  Path pods() {
    return run().resolve("pods");
  }

  /** The list of child processes. */
  Path children() {
    return run().resolve("children");
  }

  public Path log() {
    return run().resolve("votingapp.log");
  }

  /** The objects to restore in the next run. */
  Path objects() {
    return root.resolve("objects.yaml");
  }

  /** The directory to delete with this process, even if it is killed. */
  Optional<Path> temporaryRoot() {
    return kept ? Optional.empty() : Optional.of(root);
  }

  boolean isKept() {
    return kept;
  }

  @Override
  public void close() throws IOException {
    Trees.delete(kept ? run() : root);
    if (lock.isPresent()) {
      Files.deleteIfExists(root.resolve("lock"));
      lock.get().close();
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** If this process is root, PostgreSQL runs as another user, who has to enter the directory. */
  private static void enterable(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
  }
}
