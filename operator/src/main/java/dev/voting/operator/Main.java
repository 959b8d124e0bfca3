package dev.voting.operator;

import dev.voting.operator.blueprint.Images;
import dev.voting.operator.cli.DiffCommand;
import dev.voting.operator.cli.Logs;
import dev.voting.operator.cli.OperatorCommand;
import dev.voting.operator.cli.RenderCommand;
import dev.voting.operator.cli.ValidateCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line of the operator's image. */
@Command(
    name = "votingapp-operator",
    description = "Turns a VotingApp into a complete voting system on Kubernetes.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      OperatorCommand.class,
      ValidateCommand.class,
      RenderCommand.class,
      DiffCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all went well",
      "1:it failed; one line on stderr says why (diff: there are differences)",
      "2:the command line is wrong"
    })
public final class Main implements Runnable {

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
  }

  /**
   * Runs a command.
   *
   * @param arguments of the command line
   */
  public static void main(String[] arguments) {
    Logs.text();
    System.exit(commandLine().execute(arguments));
  }

  /**
   * The command line, not yet run.
   *
   * @return one of the caller's own
   */
  public static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (e, _) -> {
              var command = e.getCommandLine();
              command.getErr().println(e.getMessage());
              command.getErr().printf("See %s --help%n", command.getCommandSpec().qualifiedName());
              return command.getCommandSpec().exitCodeOnInvalidInput();
            })
        .setExecutionExceptionHandler(
            (e, command, _) -> {
              command.getErr().println(command.getCommandName() + ": " + reason(e));
              return command.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  /** In one line, and of the cause: frameworks say little more than that something failed. */
  private static String reason(Throwable e) {
    var root = e;
    while (root.getCause() != null && root.getClass().getName().startsWith("io.javaoperatorsdk")) {
      root = root.getCause();
    }
    var message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return message.lines().findFirst().orElse(root.getClass().getSimpleName());
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Images.CURRENT.version()};
    }
  }
}
