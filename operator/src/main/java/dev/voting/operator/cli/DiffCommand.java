package dev.voting.operator.cli;

import dev.voting.crd.VotingApp;
import dev.voting.operator.reconcile.Preview;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what applying a file would change on the cluster. */
@Command(
    name = "diff",
    description = {
      "Shows what applying VotingApps would change on the cluster of KUBECONFIG: of the VotingApp"
          + " itself, and of every object that it becomes. Changes nothing: the API server is asked"
          + " by server-side apply with dry-run.",
      "Prints unified diffs of YAML, as kubectl diff does. The contents of Secrets are masked.",
      "Needs the rights of who would apply the VotingApp, and those of the operator."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing would change",
      "1:there are differences",
      "2:the command line is wrong, or the file cannot be read or is invalid; see validate",
      "3:no cluster, or it refuses something; stderr says what"
    },
    exitCodeOnExecutionException = DiffCommand.REFUSED)
public final class DiffCommand implements Callable<Integer> {

  private static final int SAME = 0;
  private static final int DIFFERENT = 1;
  private static final int WRONG_INPUT = 2;
  static final int REFUSED = 3;

  private final Supplier<KubernetesClient> cluster;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "VotingApps as YAML, one or more documents, or JSON; - is standard input.")
  private Path file;

  @Option(
      names = "--show-secrets",
      description = "Show what Secrets hold: passwords, readable by everyone who sees the output.")
  private boolean showSecrets;

  /** The command, on the cluster of the kubeconfig. */
  public DiffCommand() {
    this(Cluster::connect);
  }

  /**
   * The command, on a given cluster.
   *
   * @param cluster makes a client, which is closed at the end
   */
  public DiffCommand(Supplier<KubernetesClient> cluster) {
    this.cluster = cluster;
  }

  @Override
  public Integer call() {
    var read = InputFiles.read(file, spec);
    if (InputFiles.report(List.of(read), spec) != InputFiles.VALID) {
      return WRONG_INPUT;
    }
    Logs.configure(Logs.Level.ERROR, Logs.Format.TEXT);
    try (var client = cluster.get();
        var preview = new Preview(client)) {
      return read.valid().stream().mapToInt(app -> diff(app, preview)).max().orElse(SAME);
    }
  }

  private int diff(VotingApp app, Preview preview) {
    var outcome = preview(app, preview);
    var out = spec.commandLine().getOut();
    var diff = new ObjectDiff(showSecrets);
    var differences =
        outcome.changes().stream()
            .map(change -> diff.of(change.before(), change.after()))
            .flatMap(Optional::stream)
            .toList();
    differences.forEach(out::print);
    out.flush();
    var err = spec.commandLine().getErr();
    outcome
        .problems()
        .forEach(
            problem ->
                err.printf(
                    "votingapp/%s: %s: %s%n", app.name(), problem.reason(), problem.message()));
    if (app.getSpec().paused() && !differences.isEmpty()) {
      err.printf("votingapp/%s is paused: nothing changes until it no longer is%n", app.name());
    }
    err.flush();
    if (!outcome.problems().isEmpty()) {
      return REFUSED;
    }
    return differences.isEmpty() ? SAME : DIFFERENT;
  }

  private static Preview.Outcome preview(VotingApp app, Preview preview) {
    try {
      return preview.preview(app);
    } catch (KubernetesClientException e) {
      var said = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
      throw new Failure("the cluster refuses votingapp/%s: %s".formatted(app.name(), said), e);
    }
  }
}
