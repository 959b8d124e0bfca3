package dev.voting.local.output;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.crd.VotingAppStatus.ReadyCount;
import dev.voting.operator.blueprint.Names;
import dev.voting.servers.kubernetes.tables.Age;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A VotingApp in words: its conditions, its components and their pods, and its Events.
 *
 * @param pods of all namespaces
 * @param events of all namespaces
 * @param page where to vote on this machine
 */
public record Description(VotingApp app, List<Pod> pods, List<Event> events, String page) {
  private static final String INDENTATION = "  ";

  private static final List<Component> COMPONENTS =
      List.of(
          new Component(Names.FRONTEND, VotingAppStatus::frontend),
          new Component(Names.API, VotingAppStatus::api),
          new Component(Names.CONSUMER, VotingAppStatus::consumer),
          new Component(Names.POSTGRES, VotingAppStatus::postgres),
          new Component(Names.REDIS, VotingAppStatus::redis));

  private record Component(String name, Function<VotingAppStatus, ReadyCount> count) {}

  public List<String> lines(Instant now) {
    Optional<VotingAppStatus> status = Optional.ofNullable(app.getStatus());
    List<String> lines = new ArrayList<>();
    lines.addAll(
        Columns.lines(
            "",
            List.of(
                List.of("Name:", app.name()),
                List.of("Age:", Age.of(app.getMetadata().getCreationTimestamp(), now)),
                List.of("Version:", status.map(VotingAppStatus::version).orElse("<none>")),
                List.of("Page:", page),
                List.of("Generation:", generation(status)))));
    lines.add("Conditions:");
    lines.addAll(conditions(status.map(VotingAppStatus::conditions).orElse(List.of()), now));
    lines.add("Components:");
    lines.addAll(components(status));
    lines.add("Events:");
    lines.addAll(ownEvents(now));
    return List.copyOf(lines);
  }

  private String generation(Optional<VotingAppStatus> status) {
    Long generation = app.getMetadata().getGeneration();
    Long observed = status.map(VotingAppStatus::observedGeneration).orElse(null);
    return generation + (generation != null && generation.equals(observed) ? "" : ", not yet seen");
  }

  private static List<String> conditions(List<Condition> conditions, Instant now) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TYPE", "STATUS", "SINCE", "REASON", "MESSAGE"));
    conditions.forEach(
        one ->
            rows.add(
                List.of(
                    one.getType(),
                    one.getStatus(),
                    Age.of(one.getLastTransitionTime(), now),
                    text(one.getReason()),
                    oneLine(one.getMessage()))));
    return Columns.lines(INDENTATION, rows);
  }

  private List<String> components(Optional<VotingAppStatus> status) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("COMPONENT", "READY", "IMAGE", "POD", "STATE", "RESTARTS"));
    for (Component component : COMPONENTS) {
      String ready = status.map(component.count()).map(Description::ready).orElse("");
      List<Pod> own = pods.stream().filter(pod -> isOf(pod, component.name())).toList();
      if (own.isEmpty()) {
        rows.add(List.of(component.name(), ready.isEmpty() ? "<none>" : ready, "", "", "", ""));
      }
      own.forEach(pod -> rows.add(row(component.name(), ready, pod)));
    }
    return Columns.lines(INDENTATION, rows);
  }

  private static String ready(ReadyCount count) {
    return number(count.ready()) + "/" + number(count.desired());
  }

  private static int number(Integer count) {
    return count == null ? 0 : count;
  }

  private static List<String> row(String component, String ready, Pod pod) {
    Snapshot.Pod state = Snapshot.Pod.of(pod);
    int restarts =
        pod.getStatus() == null
            ? 0
            : pod.getStatus().getContainerStatuses().stream()
                .mapToInt(one -> number(one.getRestartCount()))
                .sum();
    return List.of(
        component,
        ready,
        pod.getSpec().getContainers().stream().findFirst().map(Container::getImage).orElse(""),
        state.namespace() + "/" + state.name(),
        state.containers() + " " + state.state(),
        Integer.toString(restarts));
  }

  private boolean isOf(Pod pod, String component) {
    Map<String, String> labels =
        Optional.ofNullable(pod.getMetadata().getLabels()).orElse(Map.of());
    return component.equals(labels.get(Names.COMPONENT))
        && app.name().equals(labels.get(Names.INSTANCE));
  }

  private List<String> ownEvents(Instant now) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"));
    events.stream()
        .filter(this::isOwn)
        .sorted(Comparator.comparing(Description::time))
        .forEach(
            event ->
                rows.add(
                    List.of(
                        Age.of(time(event), now),
                        text(event.getType()),
                        text(event.getReason()),
                        text(event.getInvolvedObject().getKind())
                            + "/"
                            + text(event.getInvolvedObject().getName()),
                        oneLine(event.getMessage()))));
    return rows.size() == 1 ? List.of(INDENTATION + "<none>") : Columns.lines(INDENTATION, rows);
  }

  private boolean isOwn(Event event) {
    var object = event.getInvolvedObject();
    return object != null
        && ("VotingApp".equals(object.getKind())
            ? app.name().equals(object.getName())
            : object.getNamespace() != null
                && new Names(app.name()).namespaces().contains(object.getNamespace()));
  }

  private static String time(Event event) {
    if (event.getLastTimestamp() != null) {
      return event.getLastTimestamp();
    }
    return event.getEventTime() == null
        ? text(event.getMetadata().getCreationTimestamp())
        : text(event.getEventTime().getTime());
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }

  private static String oneLine(String message) {
    return text(message).replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
