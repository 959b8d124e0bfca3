package dev.voting.local;

import dev.voting.crd.VotingApp;
import dev.voting.local.node.PodPorts;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what runs, and where. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows how the running votingapp is, with its processes and their ports.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every VotingApp is ready",
      "1:one is not, or there is none, or nothing is running"
    })
final class StatusCommand implements Callable<Integer> {
  @Mixin private Connection connection;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Instance instance = connection.instance();
    out.println("Page        http://localhost:" + instance.port() + "/");
    out.println("KUBECONFIG  " + instance.kubeconfig());
    out.println();
    boolean ready = true;
    try (KubernetesClient client = connection.client()) {
      List<VotingApp> apps = client.resources(VotingApp.class).list().getItems();
      if (apps.isEmpty()) {
        out.println("There is no VotingApp: make one with ./votingapp apply -f FILE");
        ready = false;
      }
      for (VotingApp app : apps) {
        Optional<Condition> condition = condition(app);
        boolean isReady = condition.filter(c -> c.getStatus().equals("True")).isPresent();
        ready &= isReady;
        out.println(
            "VotingApp "
                + app.name()
                + (isReady ? " is ready" : " is not ready")
                + condition
                    .filter(c -> !isReady && c.getMessage() != null)
                    .map(c -> ": " + c.getMessage())
                    .orElse(""));
      }
      out.println();
      client.pods().inAnyNamespace().list().getItems().stream()
          .sorted(
              Comparator.comparing((Pod pod) -> pod.getMetadata().getNamespace())
                  .thenComparing(pod -> pod.getMetadata().getName()))
          .forEach(pod -> out.println(line(pod)));
    }
    return ready ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private static Optional<Condition> condition(VotingApp app) {
    return app.getStatus() == null
        ? Optional.empty()
        : Optional.ofNullable(app.getStatus().conditions()).orElse(List.of()).stream()
            .filter(condition -> condition.getType().equals("Ready"))
            .findFirst();
  }

  private static String line(Pod pod) {
    Optional<ContainerStatus> status =
        Optional.ofNullable(pod.getStatus())
            .map(s -> s.getContainerStatuses())
            .orElse(List.of())
            .stream()
            .findFirst();
    String process =
        status
            .map(ContainerStatus::getContainerID)
            .map(id -> "process " + id.replaceFirst("^process://", ""))
            .orElse("");
    String ports =
        PodPorts.read(pod).entrySet().stream()
            .map(port -> port.getKey() + " at 127.0.0.1:" + port.getValue())
            .collect(Collectors.joining(", "));
    return String.format(
            Locale.ROOT,
            "  %-9s %-18s %-36s %-15s %s",
            status.filter(ContainerStatus::getReady).isPresent() ? "ready" : "not ready",
            pod.getMetadata().getNamespace(),
            pod.getMetadata().getName(),
            process,
            ports)
        .stripTrailing();
  }
}
