package dev.voting.local.output;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.voting.crd.VotingApp;
import dev.voting.local.node.PodPorts;
import dev.voting.local.stack.Instance;
import dev.voting.local.stack.ReadyChanges;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The state of a running votingapp at one moment.
 *
 * @param page the page's URL
 * @param results the results as JSON
 * @param openapi the description of the API; null before one of its pods has a port
 * @param kubeconfig a file
 */
public record Snapshot(
    String page,
    String results,
    String openapi,
    String kubeconfig,
    List<App> votingApps,
    List<Pod> pods) {

  /**
   * One VotingApp.
   *
   * @param reason of its condition Ready; empty before the operator has reconciled it
   * @param message of its condition Ready
   */
  record App(String name, boolean ready, String reason, String message) {
    public static App of(VotingApp app) {
      Optional<Condition> ready = ReadyChanges.condition(app);
      return new App(
          app.name(),
          ReadyChanges.isReady(app),
          ready.map(Condition::getReason).orElse(""),
          ready.map(Condition::getMessage).orElse(""));
    }

    private String line() {
      String why = message.isEmpty() ? "" : ": " + message;
      return "VotingApp %s %s".formatted(name, ready ? "is ready" : "is not ready" + why);
    }
  }

  /**
   * One pod.
   *
   * @param ready whether all of its containers are, or have done their work
   * @param containers how many are ready, of how many, such as 2/2
   * @param state its phase, or the reason that a container waits, such as ImagePullBackOff
   * @param processes of its containers
   * @param ports of this machine, by the pod's own
   * @param metrics their URL; null without metrics
   */
  record Pod(
      String namespace,
      String name,
      boolean ready,
      String containers,
      String state,
      List<Long> processes,
      Map<Integer, Integer> ports,
      String metrics) {

    /** The phase of a pod whose containers have ended well. */
    private static final String SUCCEEDED = "Succeeded";

    public static Pod of(io.fabric8.kubernetes.api.model.Pod pod) {
      List<ContainerStatus> statuses =
          Optional.ofNullable(pod.getStatus())
              .map(status -> status.getContainerStatuses())
              .orElse(List.of());
      int wanted = pod.getSpec().getContainers().size();
      long ready =
          statuses.stream().filter(status -> Boolean.TRUE.equals(status.getReady())).count();
      Map<Integer, Integer> ports = PodPorts.read(pod);
      return new Pod(
          pod.getMetadata().getNamespace(),
          pod.getMetadata().getName(),
          ready == wanted || SUCCEEDED.equals(phase(pod).orElse("")),
          ready + "/" + wanted,
          state(pod, statuses),
          processes(statuses),
          ports,
          metrics(pod).orElse(null));
    }

    private static String state(
        io.fabric8.kubernetes.api.model.Pod pod, List<ContainerStatus> statuses) {
      return statuses.stream()
          .map(ContainerStatus::getState)
          .filter(state -> state != null && state.getWaiting() != null)
          .map(state -> state.getWaiting().getReason())
          .findFirst()
          .or(() -> phase(pod))
          .orElse("Pending");
    }

    private static Optional<String> phase(io.fabric8.kubernetes.api.model.Pod pod) {
      return Optional.ofNullable(pod.getStatus()).map(status -> status.getPhase());
    }

    private static List<Long> processes(List<ContainerStatus> statuses) {
      return statuses.stream()
          .map(ContainerStatus::getContainerID)
          .filter(id -> id != null && id.matches("process://\\d+"))
          .map(id -> Long.valueOf(id.substring("process://".length())))
          .toList();
    }

    /** The URL of a port of a pod on this machine. */
    private static Optional<String> address(
        io.fabric8.kubernetes.api.model.Pod pod, String portName) {
      Map<Integer, Integer> ports = PodPorts.read(pod);
      return pod.getSpec().getContainers().stream()
          .map(Container::getPorts)
          .flatMap(List::stream)
          .filter(port -> portName.equals(port.getName()))
          .map(ContainerPort::getContainerPort)
          .map(ports::get)
          .filter(port -> port != null)
          .map(port -> "http://127.0.0.1:" + port)
          .findFirst();
    }

    private static Optional<String> metrics(io.fabric8.kubernetes.api.model.Pod pod) {
      return address(pod, "metrics").map(address -> address + "/metrics");
    }

    private static boolean isApi(io.fabric8.kubernetes.api.model.Pod pod) {
      return Optional.ofNullable(pod.getMetadata().getLabels())
          .map(labels -> labels.get(Names.COMPONENT))
          .filter(Names.API::equals)
          .isPresent();
    }

    private String line() {
      String processText =
          processes.stream().map(id -> "process " + id).collect(Collectors.joining(", "));
      String portText =
          ports.entrySet().stream()
              .map(port -> port.getKey() + " at 127.0.0.1:" + port.getValue())
              .collect(Collectors.joining(", "));
      return String.format(
              Locale.ROOT,
              "  %-9s %-5s %-18s %-36s %-17s %-15s %s",
              state.equals(SUCCEEDED) ? "done" : ready ? "ready" : "not ready",
              containers,
              namespace,
              name,
              state,
              processText,
              portText)
          .stripTrailing();
    }
  }

  public static Snapshot of(Instance instance, KubernetesClient client) {
    String page = instance.page();
    List<io.fabric8.kubernetes.api.model.Pod> pods =
        client.pods().inAnyNamespace().list().getItems();
    return new Snapshot(
        page,
        page + "api/results",
        pods.stream()
            .filter(Pod::isApi)
            .flatMap(pod -> Pod.address(pod, "http").stream())
            .map(address -> address + "/openapi.json")
            .findFirst()
            .orElse(null),
        instance.kubeconfig().toString(),
        client.resources(VotingApp.class).list().getItems().stream()
            .map(App::of)
            .sorted(Comparator.comparing(App::name))
            .toList(),
        pods.stream()
            .map(Pod::of)
            .sorted(Comparator.comparing(Pod::namespace).thenComparing(Pod::name))
            .toList());
  }

  /** Whether there is a VotingApp, and all are ready. */
  @JsonIgnore
  public boolean isReady() {
    return !votingApps.isEmpty() && votingApps.stream().allMatch(App::ready);
  }

  /** The output as text. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Page        " + page);
    lines.add("Results     " + results);
    if (openapi != null) {
      lines.add("OpenAPI     " + openapi);
    }
    pods.stream()
        .filter(pod -> pod.metrics() != null)
        .forEach(pod -> lines.add("Metrics     " + pod.metrics() + "  (" + pod.name() + ")"));
    lines.add("KUBECONFIG  " + kubeconfig);
    lines.add("");
    Stream<String> apps =
        votingApps.isEmpty()
            ? Stream.of("There is no VotingApp: create one with ./votingapp apply -f FILE")
            : votingApps.stream().map(App::line);
    apps.forEach(lines::add);
    lines.add("");
    pods.forEach(pod -> lines.add(pod.line()));
    return List.copyOf(lines);
  }
}
