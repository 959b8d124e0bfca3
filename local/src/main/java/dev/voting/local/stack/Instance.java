package dev.voting.local.stack;

import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.InvalidInput;
import dev.voting.local.machine.Trees;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A running {@code votingapp up}, as the other commands find it: a small directory per port in the
 * user's state directory.
 *
 * @param pid the process
 * @param port of the page
 * @param log the file of the operator's log, and of all that runs beside it
 */
public record Instance(long pid, int port, Path directory, Optional<Path> log) {
  private static final String FILE = "instance.properties";

  /** Where to vote. */
  public String page() {
    return "http://localhost:" + port + "/";
  }

  /** The kubeconfig for the user's kubectl. */
  public Path kubeconfig() {
    return directory.resolve("kubeconfig");
  }

  /** Writes a kubeconfig. */
  @FunctionalInterface
  interface KubeconfigWriter {
    void write(Path file) throws IOException;
  }

  /** Announces this process. */
  static Instance announce(int port, Path log, KubeconfigWriter kubeconfig) throws IOException {
    Path directory = home().resolve(Integer.toString(port));
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    Instance instance =
        new Instance(ProcessHandle.current().pid(), port, directory, Optional.of(log));
    kubeconfig.write(instance.kubeconfig());
    Properties properties = new Properties();
    properties.setProperty("pid", Long.toString(instance.pid()));
    properties.setProperty("log", log.toAbsolutePath().toString());
    try (Writer file = Files.newBufferedWriter(directory.resolve(FILE))) {
      properties.store(file, "A running votingapp");
    }
    return instance;
  }

  /** Removes the announcement. */
  void withdraw() throws IOException {
    Trees.delete(directory);
  }

  /**
   * The selected one.
   *
   * @param port of the page, if given
   * @throws CommandException if there is none, or more than one
   */
  public static Instance find(Optional<Integer> port) {
    List<Instance> running =
        running().stream()
            .filter(instance -> port.isEmpty() || port.get() == instance.port())
            .toList();
    if (running.isEmpty()) {
      throw new CommandException(
          port.map(number -> "no votingapp is running on port " + number)
                  .orElse("no votingapp is running")
              + ": start it with ./votingapp up");
    }
    if (running.size() > 1) {
      throw new InvalidInput(
          "more than one votingapp is running: choose one with --port "
              + String.join(
                  " or ", running.stream().map(i -> Integer.toString(i.port())).toList()));
    }
    return running.getFirst();
  }

  /** Whether any is running. */
  public static boolean isAnyRunning() {
    return !running().isEmpty();
  }

  private static List<Instance> running() {
    if (!Files.isDirectory(home())) {
      return List.of();
    }
    try (Stream<Path> directories = Files.list(home())) {
      return directories
          .sorted()
          .map(Instance::read)
          .filter(Objects::nonNull)
          .filter(instance -> ProcessHandle.of(instance.pid()).isPresent())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instance read(Path directory) {
    Properties properties = new Properties();
    try (Reader file = Files.newBufferedReader(directory.resolve(FILE))) {
      properties.load(file);
      return new Instance(
          Long.parseLong(properties.getProperty("pid")),
          Integer.parseInt(directory.getFileName().toString()),
          directory,
          Optional.ofNullable(properties.getProperty("log")).map(Path::of));
    } catch (IOException | NumberFormatException e) {
      return null;
    }
  }

  private static Path home() {
    return Optional.ofNullable(System.getenv("XDG_STATE_HOME"))
        .filter(path -> !path.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state"))
        .resolve("votingapp");
  }
}
