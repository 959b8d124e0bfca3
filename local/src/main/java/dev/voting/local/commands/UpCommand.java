package dev.voting.local.commands;

import dev.voting.crd.VotingApp;
import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.ExitCodes;
import dev.voting.local.errors.InvalidInput;
import dev.voting.local.machine.Browser;
import dev.voting.local.manifest.Manifest;
import dev.voting.local.manifest.NotHere;
import dev.voting.local.node.config.Addresses;
import dev.voting.local.output.Progress;
import dev.voting.local.stack.ReadyChanges;
import dev.voting.local.stack.Stack;
import dev.voting.local.stack.Workspace;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a VotingApp here until it is stopped. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs a VotingApp on this machine until Ctrl-C: the operator creates its objects in a"
          + " Kubernetes API in memory, and processes of this machine run them."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:it cannot run here; one line says why",
      "2:the command line or FILE is invalid; one line for each error",
      "130, 143:stopped by Ctrl-C, by SIGTERM, with all of its processes"
    })
public final class UpCommand implements Callable<Integer> {
  private static final int FIRST_UNPRIVILEGED = 1024;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      description = "the VotingApp (default: examples/votingapp.yaml of this checkout)")
  private Path file;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "port of the page and the API (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "port of the Kubernetes API (default: a free one)")
  private int apiPort;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "keep votes and passwords in this directory for the next run")
  private Path dataDir;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "180",
      description =
          "exit if nothing has become ready for so long; 0 waits for ever (default:"
              + " ${DEFAULT-VALUE})")
  private int timeout;

  @Option(names = "--open", description = "open the page in the browser once it is ready")
  private boolean open;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
    Instant start = Instant.now();
    PrintWriter out = spec.commandLine().getOut();
    checkPort("--port", port);
    checkPort("--api-port", apiPort);
    if (timeout < 0) {
      throw new InvalidInput("--timeout: must be 0 or more seconds");
    }
    Path home = home();
    Path source = file == null ? home.resolve("examples/votingapp.yaml") : file;
    Manifest manifest = Manifest.read(source);
    String name = votingApp(manifest);
    if (port != 0 && !Addresses.isFree(port)) {
      throw new CommandException(
          port < FIRST_UNPRIVILEGED
              ? "port " + port + " is in use or needs root: choose another with --port"
              : "port " + port + " is in use: stop what uses it, or choose another with --port");
    }
    Workspace workspace = dataDir == null ? Workspace.temporary() : Workspace.in(dataDir);
    logTo(workspace.log());
    Stack stack = new Stack(workspace, home, port, apiPort, line -> say(out, line));
    Thread stopping = new Thread(() -> stop(out, stack), "stop");
    Runtime.getRuntime().addShutdownHook(stopping);
    try {
      run(stack, name, manifest, source, start);
    } catch (RuntimeException | IOException e) {
      if (!stack.isClosed()) {
        throw e;
      }
      // Stopped while it was starting: failures caused by that are ignored.
    }
    // Ctrl-C and SIGTERM end this process through its shutdown hook.
    new CountDownLatch(1).await();
    return ExitCodes.OK;
  }

  private void run(Stack stack, String name, Manifest manifest, Path source, Instant start)
      throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    KubernetesSerialization serialization = new KubernetesSerialization();
    stack.startApi();
    stack.check(manifest);
    out.println("Starting VotingApp " + name + " of " + shown(source));
    manifest.objects().stream()
        .filter(Manifest::isVotingApp)
        .map(object -> serialization.convertValue(object, VotingApp.class))
        .flatMap(app -> NotHere.of(app.getSpec()).stream())
        .forEach(line -> out.println("  not here: " + line));
    out.flush();
    stack.start();
    try (Progress progress = new Progress(stack.client(), out, start)) {
      progress.line("kubernetes", "API in memory, operator");
      stack.apply(manifest);
      progress.follow(name, () -> stack.isReady(name), Duration.ofSeconds(timeout));
      progress.line("ready", "");
    }
    welcome(out, stack, manifest);
    if (open) {
      Browser.open("http://localhost:" + stack.port() + "/", line -> say(out, line));
    }
    stack.report(new ReadyChanges(line -> say(out, line)));
  }

  private void welcome(PrintWriter out, Stack stack, Manifest manifest) {
    out.println();
    howToVote("http://localhost:" + stack.port(), manifest).forEach(out::println);
    out.println("Look      export KUBECONFIG=" + stack.kubeconfig());
    out.println("          kubectl get votingapps     (or ./votingapp get votingapps)");
    out.println("Stop      Ctrl-C" + (dataDir == null ? "" : "; votes are kept in " + dataDir));
    out.flush();
  }

  /** The page, a vote from the command line, and where a poll's voters find their links. */
  static List<String> howToVote(String page, Manifest manifest) {
    List<String> lines = new ArrayList<>();
    lines.add("Vote      " + page + "/");
    lines.add(
        "          curl %s/api/vote -H 'Content-Type: application/json' -d '{\"option\":\"%s\"}'"
            .formatted(page, option(manifest)));
    votersOf(manifest).ifPresent(name -> lines.add("          ./votingapp tokens " + name));
    return lines;
  }

  /** One to vote for: the first of the poll's, if there is a poll. */
  private static String option(Manifest manifest) {
    return polls(manifest)
        .flatMap(app -> app.<List<Map<String, Object>>>get("spec", "poll", "options").stream())
        .filter(option -> !Boolean.TRUE.equals(option.get("retired")))
        .map(option -> String.valueOf(option.get("key")))
        .findFirst()
        .orElse("cats");
  }

  /** The VotingApp whose voters have links, which a command prints. */
  private static Optional<String> votersOf(Manifest manifest) {
    return polls(manifest)
        .filter(app -> "Token".equals(app.get("spec", "poll", "ballots", "per")))
        .map(app -> app.getMetadata().getName())
        .findFirst();
  }

  private static Stream<GenericKubernetesResource> polls(Manifest manifest) {
    return manifest.objects().stream()
        .filter(Manifest::isVotingApp)
        .filter(app -> app.get("spec", "poll") instanceof Map<?, ?>);
  }

  private static void say(PrintWriter out, String line) {
    out.println("  " + line);
    out.flush();
  }

  private static void stop(PrintWriter out, Stack stack) {
    boolean running = stack.isStarted();
    if (running) {
      out.println();
      out.println("Stopping ...");
      out.flush();
    }
    stack.close();
    if (running) {
      out.println("Stopped.");
      out.flush();
    }
  }

  /** The name of the file's VotingApp. */
  private static String votingApp(Manifest manifest) {
    List<String> errors = manifest.errors();
    if (!errors.isEmpty()) {
      throw new InvalidInput(String.join("\n", errors));
    }
    return manifest.objects().stream()
        .filter(Manifest::isVotingApp)
        .map(object -> object.getMetadata().getName())
        .findFirst()
        .orElseThrow(() -> new InvalidInput(manifest.file() + ": contains no VotingApp"));
  }

  private static void checkPort(String option, int port) {
    if (port < 0 || port > 65_535) {
      throw new InvalidInput(option + ": must be between 0 and 65535");
    }
  }

  private static Path home() {
    String home = System.getProperty("votingapp.home");
    if (home == null || !Files.isDirectory(Path.of(home))) {
      throw new CommandException("start it with the script votingapp at the root of the checkout");
    }
    return Path.of(home);
  }

  private static Path shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path whole = path.toAbsolutePath().normalize();
    return whole.startsWith(here) ? here.relativize(whole) : whole;
  }

  /** Redirects logs and stack traces to a file, for troubleshooting. */
  private void logTo(Path file) throws IOException {
    // Messages of the commands still go to the terminal.
    spec.commandLine().setErr(new PrintWriter(System.err, true));
    System.setErr(new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8));
  }
}
