package dev.voting.local.commands;

import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.ExitCodes;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the logs of pods. */
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = "Shows the logs of a pod, or of all pods of a component.",
    footer = {"", "For example: votingapp logs api", "             votingapp logs postgres-0 -f"})
public final class LogsCommand implements Callable<Integer> {
  private static final String COMPONENT = "app.kubernetes.io/component";
  private static final Duration POLL = Duration.ofMillis(500);

  @Mixin private Connection connection;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "a pod, or a component: postgres, redis, api, consumer or frontend")
  private String name;

  @Option(
      names = {"-n", "--namespace"},
      description = "only in this namespace")
  private String namespace;

  @Option(
      names = {"-f", "--follow"},
      description = "print new lines too, until Ctrl-C")
  private boolean follow;

  @Option(
      names = {"-p", "--previous"},
      description = "of the process before the last restart")
  private boolean previous;

  @Option(names = "--tail", paramLabel = "LINES", description = "only the last lines")
  private Integer tail;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    try (KubernetesClient client = connection.client()) {
      List<Pod> pods = pods(client);
      if (pods.isEmpty()) {
        throw new CommandException("there is no pod or component " + name);
      }
      List<Thread> followers = new ArrayList<>();
      for (Pod pod : pods) {
        String prefix = pods.size() > 1 ? pod.getMetadata().getName() + " | " : "";
        if (follow) {
          followers.add(Thread.startVirtualThread(() -> follow(client, pod, prefix)));
        } else {
          print(client, pod, prefix);
        }
      }
      for (Thread follower : followers) {
        follower.join();
      }
    }
    return ExitCodes.OK;
  }

  private List<Pod> pods(KubernetesClient client) {
    var pods =
        namespace == null ? client.pods().inAnyNamespace() : client.pods().inNamespace(namespace);
    return pods.list().getItems().stream()
        .filter(
            pod ->
                name.equals(pod.getMetadata().getName())
                    || (pod.getMetadata().getLabels() != null
                        && name.equals(pod.getMetadata().getLabels().get(COMPONENT))))
        .toList();
  }

  private void print(KubernetesClient client, Pod pod, String prefix) {
    var resource = client.pods().resource(pod);
    String log;
    if (previous) {
      log = resource.terminated().getLog();
    } else {
      log = tail == null ? resource.getLog() : resource.tailingLines(tail).getLog();
    }
    PrintWriter out = spec.commandLine().getOut();
    log.lines().forEach(line -> out.println(prefix + line));
    out.flush();
  }

  /** Polls, as the API in memory answers a log as a whole. */
  private void follow(KubernetesClient client, Pod pod, String prefix) {
    PrintWriter out = spec.commandLine().getOut();
    var resource = client.pods().resource(pod);
    int printed = tail == null ? 0 : resource.getLog().length() - lastLines(resource.getLog());
    try {
      while (resource.get() != null) {
        String log = resource.getLog();
        // A restarted container has a new log.
        int begin = log.length() < printed ? 0 : printed;
        int end = log.lastIndexOf('\n') + 1;
        if (end > begin) {
          log.substring(begin, end).lines().forEach(line -> out.println(prefix + line));
          out.flush();
          printed = end;
        }
        Thread.sleep(POLL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The length of the last lines of a log, in characters. */
  private int lastLines(String log) {
    List<String> lines = log.lines().toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - tail))
        .mapToInt(l -> l.length() + 1)
        .sum();
  }
}
