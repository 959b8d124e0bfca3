package dev.voting.operator.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks whether the cluster would accept a file. */
@Command(
    name = "validate",
    description = {
      "Validates VotingApps by the schema and the rules of the CRD, as the cluster does with"
          + " --validate=strict; needs no cluster.",
      "Prints every error at once, one line each: FILE: FIELD: what is wrong."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all VotingApps are valid",
      "1:something is invalid",
      "2:the command line is wrong, or a file cannot be read"
    })
public final class ValidateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description =
          "VotingApps as YAML, one or more documents, or JSON; - is standard input."
              + " May be given several times.")
  private List<Path> files = new ArrayList<>();

  @Override
  public Integer call() {
    var read = files.stream().map(file -> InputFiles.read(file, spec)).toList();
    var out = spec.commandLine().getOut();
    read.forEach(
        file -> file.valid().forEach(app -> out.println("votingapp/" + app.name() + " is valid")));
    out.flush();
    return InputFiles.report(read, spec);
  }
}
