package dev.voting.local.commands;

import dev.voting.local.errors.ExitCodes;
import dev.voting.local.output.Snapshot;
import dev.voting.local.stack.Instance;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what runs, and where. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the state of the running votingapp, its processes and their ports, and the addresses of"
          + " its page, API and metrics."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every VotingApp is ready",
      "1:one is not ready, or there is none, or nothing is running"
    })
public final class StatusCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofSeconds(1);

  enum Format {
    text,
    json
  }

  @Mixin private Connection connection;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: text)")
  private Format format;

  @Option(
      names = {"-w", "--watch"},
      description = "show it again after each change, until Ctrl-C")
  private boolean watch;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Instance instance = connection.instance();
    try (KubernetesClient client = connection.client()) {
      Snapshot snapshot = Snapshot.of(instance, client);
      print(snapshot);
      while (watch) {
        Thread.sleep(POLL);
        Snapshot now = Snapshot.of(instance, client);
        if (!now.equals(snapshot)) {
          snapshot = now;
          spec.commandLine().getOut().println();
          print(snapshot);
        }
      }
      return snapshot.isReady() ? ExitCodes.OK : ExitCodes.FAILED;
    }
  }

  private void print(Snapshot snapshot) {
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case json -> out.println(Serialization.asJson(snapshot));
      case text -> snapshot.lines().forEach(out::println);
    }
    out.flush();
  }
}
