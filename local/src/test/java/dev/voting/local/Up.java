package dev.voting.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.local.machine.Trees;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code ./votingapp up} as a newcomer starts it, in a corner of the machine of its own. */
public final class Up implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://localhost:(\\d+)/");
  private static final Path SCRIPT = Path.of("..", "votingapp").toAbsolutePath().normalize();

  /**
   * What runs in the background of a script ignores Ctrl-C, and so does all that it starts; also
   * the tests may be run so. In a terminal nobody ignores it.
   */
  private static final List<String> INTERRUPTIBLE = interruptible();

  private final Path corner;
  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  private Up(Path corner, Process process) {
    this.corner = corner;
    this.process = process;
    Thread.ofPlatform().daemon().start(this::read);
  }

  /**
   * A directory with room for temporary files and for the state of commands. Not one of JUnit's,
   * because PostgreSQL has to enter it as another user when the tests run as root.
   */
  public static Path corner() throws IOException {
    Path corner = Files.createTempDirectory("up-it-");
    Files.setPosixFilePermissions(corner, PosixFilePermissions.fromString("rwx--x--x"));
    Path temporary = Files.createDirectory(corner.resolve("tmp"));
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
    return corner;
  }

  /** Starts it; {@link #awaitReady} says when it serves. */
  public static Up start(Path corner, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("up", "--port", "0"));
    arguments.addAll(List.of(options));
    return new Up(corner, command(corner, arguments).start());
  }

  /** Runs a command to its end and returns its exit code and all that it printed. */
  public static Result run(Path corner, String... arguments)
      throws IOException, InterruptedException {
    Path printed = Files.createTempFile(corner, "printed", ".txt");
    Process process = command(corner, List.of(arguments)).redirectOutput(printed.toFile()).start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    if (!ended) {
      process.destroy();
      process.waitFor(30, TimeUnit.SECONDS);
      throw new IOException(
          "does not end: " + List.of(arguments) + "\n" + Files.readString(printed));
    }
    // The JVM says so when it is given options this way.
    List<String> lines =
        Files.readAllLines(printed).stream()
            .filter(line -> !line.startsWith("NOTE: Picked up JDK_JAVA_OPTIONS"))
            .toList();
    return new Result(process.exitValue(), String.join("\n", lines).strip());
  }

  /** How a command ended, and its standard output and error. */
  public record Result(int exitCode, String printed) {}

  private static ProcessBuilder command(Path corner, List<String> arguments) {
    List<String> command = new ArrayList<>(INTERRUPTIBLE);
    command.add(SCRIPT.toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(corner.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // This very build is tested, and it is under way.
    builder.environment().put("VOTINGAPP_BUILD", "no");
    builder.environment().put("XDG_STATE_HOME", corner.resolve("state").toString());
    builder.environment().put("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + corner.resolve("tmp"));
    return builder;
  }

  private static List<String> interruptible() {
    List<String> command = List.of("env", "--default-signal=INT");
    List<String> attempt = new ArrayList<>(command);
    attempt.add("true");
    try {
      return new ProcessBuilder(attempt).start().waitFor() == 0 ? command : List.of();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** Waits until it says where the page is. */
  public int awaitReady(Duration patience) throws Exception {
    try {
      return port.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      throw new IOException("not ready:\n" + String.join("\n", output), e);
    }
  }

  public List<String> output() {
    return List.copyOf(output);
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Its API, by the kubeconfig that it prints. */
  public KubernetesClient client() throws IOException {
    String line =
        output.stream().filter(text -> text.contains("KUBECONFIG=")).findFirst().orElseThrow();
    Path kubeconfig = Path.of(line.substring(line.indexOf('=') + 1).strip());
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
        .build();
  }

  /** Sends a signal, such as INT, as a terminal or a service manager does. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + process.pid()).start().waitFor();
  }

  /** Waits for its end. */
  int awaitExit() throws Exception {
    return process.onExit().get(60, TimeUnit.SECONDS).exitValue();
  }

  /** The temporary files that are there now. */
  static List<Path> temporaryFiles(Path corner) throws IOException {
    try (Stream<Path> files = Files.list(corner.resolve("tmp"))) {
      // The JVM's own, of every Java program.
      return files
          .filter(file -> !file.getFileName().toString().startsWith("hsperfdata_"))
          .toList();
    }
  }

  /** The announcements of running instances that are there now. */
  static List<Path> announcements(Path corner) throws IOException {
    Path directory = corner.resolve("state/votingapp");
    if (Files.notExists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  static Optional<String> lineWith(List<String> output, String text) {
    return output.stream().filter(line -> line.contains(text)).findFirst();
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        children.forEach(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes the corner. */
  public static void clear(Path corner) throws IOException {
    Trees.delete(corner);
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        output.add(line);
        Matcher address = ADDRESS.matcher(line);
        // The address comes first; when the last line of the welcome is there, all of it is.
        if (line.startsWith("Stop ") && !port.isDone()) {
          port.complete(found());
        } else if (address.find() && line.contains("Vote")) {
          continue;
        }
      }
    } catch (IOException e) {
      port.completeExceptionally(e);
    }
    port.completeExceptionally(new IOException("it has ended"));
  }

  private int found() {
    return output.stream()
        .map(ADDRESS::matcher)
        .filter(Matcher::find)
        .map(matcher -> Integer.parseInt(matcher.group(1)))
        .findFirst()
        .orElseThrow();
  }
}
