package dev.voting.local.output;

import dev.voting.local.errors.CommandException;
import dev.voting.local.machine.Brief;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** Prints the progress of the start. */
public final class Progress implements AutoCloseable {
  private static final String INSTANCE = "app.kubernetes.io/instance";
  private static final String COMPONENT = "app.kubernetes.io/component";
  private static final Duration POLL = Duration.ofMillis(100);

  /** After so long without progress, it prints what it waits for. */
  private static final Duration WAITING_LINE = Duration.ofSeconds(15);

  /** The space of a terminal's line after the name of a pod. */
  private static final int LONGEST_REASON = 120;

  private static final List<String> COMPONENTS =
      List.of("postgres", "redis", "api", "consumer", "frontend");

  private final PrintWriter out;
  private final Instant start;
  private final SharedIndexInformer<Namespace> namespaces;
  private final SharedIndexInformer<Pod> pods;

  /**
   * @param start when the command started
   */
  public Progress(KubernetesClient client, PrintWriter out, Instant start) {
    this.out = out;
    this.start = start;
    this.namespaces = client.namespaces().inform();
    this.pods = client.pods().inAnyNamespace().inform();
  }

  /**
   * Prints a line for each part of a VotingApp as it becomes ready, until {@code ready}.
   *
   * @param votingApp its name
   * @param timeout how long to wait for the next part; zero waits for ever
   * @throws CommandException if no part has become ready for so long; it names what is missing
   */
  public void follow(String votingApp, BooleanSupplier ready, Duration timeout)
      throws InterruptedException {
    Set<String> printed = new HashSet<>();
    Instant lastProgress = Instant.now();
    Instant lastLine = lastProgress;
    while (true) {
      boolean done = ready.getAsBoolean();
      boolean progress = print(votingApp, printed);
      if (done) {
        return;
      }
      if (progress) {
        lastProgress = Instant.now();
        lastLine = lastProgress;
      } else if (timeout.isPositive() && since(lastProgress).compareTo(timeout) > 0) {
        throw new CommandException(
            "%s does not become ready (see --timeout): %s"
                .formatted(votingApp, String.join("; ", waiting(votingApp))));
      } else if (since(lastLine).compareTo(WAITING_LINE) > 0) {
        waiting(votingApp).forEach(line -> out.println("  still waiting: " + line));
        out.flush();
        lastLine = Instant.now();
      }
      Thread.sleep(POLL);
    }
  }

  private static Duration since(Instant then) {
    return Duration.between(then, Instant.now());
  }

  /** Prints one line with the time since the start. */
  public void line(String what, String more) {
    double seconds = Duration.between(start, Instant.now()).toMillis() / 1000.0;
    out.println(
        String.format(Locale.ROOT, "  %-16s %5.1f s  %s", what, seconds, more).stripTrailing());
    out.flush();
  }

  @Override
  public void close() {
    namespaces.close();
    pods.close();
  }

  private boolean print(String votingApp, Set<String> printed) {
    boolean progress = false;
    List<String> names = namespaces(votingApp);
    if (!names.isEmpty() && !pods(votingApp).isEmpty() && printed.add("namespaces")) {
      line("namespaces", String.join(", ", names));
      progress = true;
    }
    for (String component : COMPONENTS) {
      List<Pod> mine =
          pods(votingApp).stream().filter(pod -> component.equals(label(pod, COMPONENT))).toList();
      if (!mine.isEmpty() && mine.stream().allMatch(Progress::isReady) && printed.add(component)) {
        line(component.equals("frontend") ? "page" : component, "");
        progress = true;
      }
    }
    return progress;
  }

  private List<String> namespaces(String votingApp) {
    TreeSet<String> names = new TreeSet<>();
    namespaces.getStore().list().stream()
        .filter(
            namespace ->
                namespace.getMetadata().getLabels() != null
                    && votingApp.equals(namespace.getMetadata().getLabels().get(INSTANCE)))
        .forEach(namespace -> names.add(namespace.getMetadata().getName()));
    return List.copyOf(names);
  }

  private List<Pod> pods(String votingApp) {
    return pods.getStore().list().stream()
        .filter(pod -> votingApp.equals(label(pod, INSTANCE)))
        .toList();
  }

  /** One line for each pod that is not ready, with its own reason. */
  private List<String> waiting(String votingApp) {
    List<String> lines = new ArrayList<>();
    for (Pod pod : pods(votingApp)) {
      if (!isReady(pod) && !isDone(pod)) {
        lines.add(
            pod.getMetadata().getNamespace()
                + "/"
                + pod.getMetadata().getName()
                + reason(pod).map(reason -> ": " + reason).orElse(" is not ready"));
      }
    }
    return lines.isEmpty() ? List.of("the operator") : lines;
  }

  private static Optional<String> reason(Pod pod) {
    if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getContainerStatuses().stream()
        .map(ContainerStatus::getState)
        .filter(state -> state != null && state.getWaiting() != null)
        .map(state -> text(state.getWaiting()))
        .findFirst();
  }

  private static String text(ContainerStateWaiting waiting) {
    return waiting.getMessage() == null
        ? waiting.getReason()
        : waiting.getReason() + ", " + Brief.of(waiting.getMessage(), LONGEST_REASON);
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && Optional.ofNullable(pod.getStatus().getConditions()).orElse(List.of()).stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /** Such as one that has declared a poll. */
  private static boolean isDone(Pod pod) {
    return pod.getStatus() != null && "Succeeded".equals(pod.getStatus().getPhase());
  }

  private static String label(Pod pod, String name) {
    return pod.getMetadata().getLabels() == null ? null : pod.getMetadata().getLabels().get(name);
  }
}
