package dev.voting.local;

import dev.voting.local.commands.ApplyCommand;
import dev.voting.local.commands.Connection;
import dev.voting.local.commands.DeleteCommand;
import dev.voting.local.commands.DescribeCommand;
import dev.voting.local.commands.GetCommand;
import dev.voting.local.commands.LogsCommand;
import dev.voting.local.commands.ReportCommand;
import dev.voting.local.commands.StatusCommand;
import dev.voting.local.commands.TokensCommand;
import dev.voting.local.commands.UpCommand;
import dev.voting.local.commands.Version;
import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.ExitCodes;
import dev.voting.local.errors.InvalidInput;
import dev.voting.local.stack.Instance;
import dev.voting.operator.cli.Cluster;
import dev.voting.operator.cli.DiffCommand;
import dev.voting.operator.cli.Failure;
import dev.voting.operator.cli.RenderCommand;
import dev.voting.operator.cli.ValidateCommand;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of {@code votingapp}. */
@Command(
    name = "votingapp",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Runs a VotingApp on this machine: the real operator, a real PostgreSQL and a real Redis.",
      "Validates VotingApps before you apply them, here or on any cluster.",
      "",
      "To start: ./votingapp up"
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "The cluster of KUBECONFIG is only for render, diff and tokens; all other commands are for the"
          + " votingapp of this machine. For a cluster, use kubectl."
    },
    subcommands = {
      UpCommand.class,
      StatusCommand.class,
      GetCommand.class,
      ApplyCommand.class,
      DeleteCommand.class,
      LogsCommand.class,
      DescribeCommand.class,
      ReportCommand.class,
      TokensCommand.class,
      ValidateCommand.class,
      RenderCommand.class,
      DiffCommand.class,
      GenerateCompletion.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:an error of this machine or of what runs",
      "2:the command line or the given file is invalid",
      "130, 143:`up` was stopped by Ctrl-C, by SIGTERM; everything is stopped"
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // Libraries log every request; the user needs only errors, which the commands print.
    LogManager.getLogManager().reset();
    Logger.getLogger("").setLevel(Level.OFF);
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    // It warns about every v1alpha1, such as the VotingApp.
    System.setProperty(
        "org.slf4j.simpleLogger.log.io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils",
        "off");
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commands = new CommandLine(new Main(), new Commands());
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setExecutionStrategy(Main::runAndFlush);
    commands.setParameterExceptionHandler(
        (problem, _) -> {
          CommandLine command = problem.getCommandLine();
          command
              .getErr()
              .println(
                  "votingapp: %s (see ./%s --help)"
                      .formatted(oneLine(problem), command.getCommandSpec().qualifiedName()));
          return ExitCodes.INVALID;
        });
    commands.setExecutionExceptionHandler(
        (problem, command, _) -> {
          if (problem instanceof CommandException || problem instanceof Failure) {
            problem
                .getMessage()
                .lines()
                .forEach(line -> command.getErr().println("votingapp: " + line));
          } else {
            command.getErr().println("votingapp: " + describe(problem));
          }
          return problem instanceof InvalidInput
              ? ExitCodes.INVALID
              : command.getCommandSpec().exitCodeOnExecutionException();
        });
    return commands;
  }

  /** The writer of standard output does not flush without a line end. */
  private static int runAndFlush(CommandLine.ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } finally {
      parsed.asCommandLineList().getLast().getOut().flush();
    }
  }

  /** Creates the commands; some need a dependency. */
  private static final class Commands implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (type == DiffCommand.class) {
        return type.cast(new DiffCommand(Commands::cluster));
      }
      if (type == TokensCommand.class) {
        return type.cast(new TokensCommand(Commands::cluster, Commands::page));
      }
      return CommandLine.defaultFactory().create(type);
    }

    /** The cluster of KUBECONFIG, or else the votingapp that runs here. */
    private static KubernetesClient cluster() {
      return isHere() ? new Connection().client() : Cluster.connect();
    }

    /** Where people vote at the votingapp that runs here, if it is the cluster. */
    private static Optional<String> page() {
      return isHere() ? Optional.of(Instance.find(Optional.empty()).page()) : Optional.empty();
    }

    private static boolean isHere() {
      String kubeconfig = System.getenv("KUBECONFIG");
      return (kubeconfig == null || kubeconfig.isBlank()) && Instance.isAnyRunning();
    }
  }

  /** With a suggestion, if a similar option or command exists. */
  private static String oneLine(CommandLine.ParameterException problem) {
    StringWriter hint = new StringWriter();
    CommandLine.UnmatchedArgumentException.printSuggestions(problem, new PrintWriter(hint, true));
    return (problem.getMessage() + ". " + hint)
        .strip()
        .replaceAll("\\R+", " ")
        .replaceAll("\\.$", "");
  }

  private static String describe(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        root.getMessage() == null ? "" : ": " + root.getMessage().lines().findFirst().orElse("");
    return root.getClass().getSimpleName() + message;
  }
}
