package dev.voting.local.commands;

import dev.voting.crd.VotingApp;
import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.ExitCodes;
import dev.voting.local.output.Description;
import dev.voting.local.stack.Instance;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Describes VotingApps, as kubectl does. */
@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = {
      "Describes the VotingApps of the running votingapp: their conditions, their components with"
          + " images and pods, and their Events, the latest last."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it is described",
      "1:there is none of that name, or nothing is running",
      "2:the command line is invalid"
    })
public final class DescribeCommand implements Callable<Integer> {
  @Mixin private Connection connection;

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "only this VotingApp")
  private String name;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Instance instance = connection.instance();
    try (KubernetesClient client = connection.client()) {
      List<Description> found =
          all(instance, client).stream()
              .filter(one -> name == null || name.equals(one.app().name()))
              .toList();
      if (found.isEmpty()) {
        throw new CommandException(
            name == null
                ? "there is no VotingApp: create one with ./votingapp apply -f FILE"
                : "there is no VotingApp " + name);
      }
      for (Description one : found) {
        if (one != found.getFirst()) {
          out.println();
        }
        one.lines(Instant.now()).forEach(out::println);
      }
    }
    return ExitCodes.OK;
  }

  static List<Description> all(Instance instance, KubernetesClient client) {
    var pods =
        client.pods().inAnyNamespace().list().getItems().stream()
            .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
            .toList();
    var events = client.v1().events().inAnyNamespace().list().getItems();
    return client.resources(VotingApp.class).list().getItems().stream()
        .sorted(Comparator.comparing(VotingApp::name))
        .map(app -> new Description(app, pods, events, instance.page()))
        .toList();
  }
}
