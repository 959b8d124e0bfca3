package dev.voting.operator.cli;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints every object that a VotingApp becomes. */
@Command(
    name = "render",
    description = {
      "Prints every object that a VotingApp becomes, as YAML; needs no cluster.",
      "Passwords and certificates that the operator would generate are masked."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all objects are printed",
      "1:something is invalid, and nothing is printed; see validate",
      "2:the command line is wrong, or the file cannot be read"
    })
public final class RenderCommand implements Callable<Integer> {

  /** Stands for what the operator generates on the cluster. */
  private static final Credentials MASKED = Credentials.masked();

  @Spec private CommandSpec spec;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "VotingApps as YAML, one or more documents, or JSON; - is standard input.")
  private Path file;

  @Override
  public Integer call() {
    var read = InputFiles.read(file, spec);
    var code = InputFiles.report(List.of(read), spec);
    if (code == InputFiles.VALID) {
      PrintWriter out = spec.commandLine().getOut();
      read.valid().stream()
          .flatMap(
              app -> Blueprint.of(app, MASKED, Certificates.masked(app), Images.CURRENT).objects())
          .forEach(object -> out.print(Serialization.asYaml(object)));
      out.flush();
    }
    return code;
  }
}
