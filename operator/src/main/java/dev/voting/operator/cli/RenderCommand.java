package dev.voting.operator.cli;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import dev.voting.operator.reconcile.Preview;
import dev.voting.operator.reconcile.Preview.Secrets;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints every object that a VotingApp becomes. */
@Command(
    name = "render",
    description = {
      "Prints every object that a VotingApp becomes, as YAML; needs no cluster.",
      "The same file gives the same output. Passwords and certificates that the operator would"
          + " generate are masked, and so the checksums that pods are rolled by are not the cluster's."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all objects are printed",
      "1:something is invalid, and nothing is printed, see validate; or --show-secrets finds no"
          + " cluster, or no secrets on it",
      "2:the command line is wrong, or the file cannot be read"
    })
public final class RenderCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "VotingApps as YAML, one or more documents, or JSON; - is standard input.")
  private Path file;

  @Option(
      names = "--show-secrets",
      description =
          "Print passwords and keys too, as the cluster of KUBECONFIG holds them; readable by everyone"
              + " who sees the output.")
  private boolean showSecrets;

  private final Supplier<KubernetesClient> cluster;

  /** The command, on the cluster of the kubeconfig where it needs one. */
  public RenderCommand() {
    this(Cluster::connect);
  }

  /**
   * The command, on a given cluster where it needs one.
   *
   * @param cluster makes a client, which is closed at the end
   */
  public RenderCommand(Supplier<KubernetesClient> cluster) {
    this.cluster = cluster;
  }

  @Override
  public Integer call() {
    var read = InputFiles.read(file, spec);
    var code = InputFiles.report(List.of(read), spec);
    if (code == InputFiles.VALID) {
      if (showSecrets) {
        printWithSecrets(read.valid());
      } else {
        print(read.valid(), app -> new Secrets(Credentials.masked(app), Certificates.masked(app)));
      }
    }
    return code;
  }

  private void printWithSecrets(List<VotingApp> apps) {
    Logs.configure(Logs.Level.ERROR, Logs.Format.TEXT);
    try (var client = cluster.get();
        var preview = new Preview(client)) {
      var found = new HashMap<String, Secrets>();
      apps.forEach(app -> found.put(app.name(), secrets(app, preview)));
      print(apps, app -> found.get(app.name()));
    }
  }

  private static Secrets secrets(VotingApp app, Preview preview) {
    return preview
        .secrets(app)
        .orElseThrow(
            () ->
                new Failure(
                    "the cluster holds no secrets of votingapp/%s yet: apply it first, or leave out"
                            .formatted(app.name())
                        + " --show-secrets"));
  }

  private void print(List<VotingApp> apps, Function<VotingApp, Secrets> secrets) {
    PrintWriter out = spec.commandLine().getOut();
    apps.stream()
        .flatMap(app -> blueprint(app, secrets.apply(app)).objects())
        .forEach(object -> out.print(Serialization.asYaml(object)));
    out.flush();
  }

  private static Blueprint blueprint(VotingApp app, Secrets secrets) {
    return BlueprintRenderer.render(
        app, secrets.credentials(), secrets.certificates(), Images.CURRENT);
  }
}
