package dev.voting.local;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Prints objects of one kind in columns, as kubectl does. */
final class Table {
  private record Column(String title, Function<GenericKubernetesResource, String> value) {}

  private static final Map<String, List<Column>> BY_KIND =
      Map.of(
          "Pod",
          List.of(
              new Column("READY", Table::readyContainers),
              new Column("STATUS", Table::podStatus),
              new Column("RESTARTS", object -> Integer.toString(restarts(object)))),
          "Deployment",
          List.of(new Column("READY", object -> ready(object, "replicas"))),
          "StatefulSet",
          List.of(new Column("READY", object -> ready(object, "replicas"))),
          "ReplicaSet",
          List.of(new Column("READY", object -> ready(object, "replicas"))),
          "Job",
          List.of(
              new Column("ACTIVE", object -> number(object, "status", "active")),
              new Column("FAILED", object -> number(object, "status", "failed")),
              new Column("SUCCEEDED", object -> number(object, "status", "succeeded"))),
          "VotingApp",
          List.of(
              new Column("READY", object -> condition(object, "Ready", "status")),
              new Column("REASON", object -> condition(object, "Ready", "reason"))),
          "Namespace",
          List.of(new Column("STATUS", object -> text(object, "status", "phase"))),
          "PersistentVolumeClaim",
          List.of(new Column("STATUS", object -> text(object, "status", "phase"))));

  private Table() {}

  /**
   * @param namespaced whether a first column names each object's namespace
   * @param page the URL of a VotingApp on this machine, whatever its host is
   */
  static void print(
      PrintWriter out,
      String kind,
      List<GenericKubernetesResource> objects,
      boolean namespaced,
      String page) {
    List<Column> columns = new ArrayList<>();
    if (namespaced) {
      columns.add(new Column("NAMESPACE", object -> object.getMetadata().getNamespace()));
    }
    columns.add(new Column("NAME", object -> object.getMetadata().getName()));
    columns.addAll(BY_KIND.getOrDefault(kind, List.of()));
    if (kind.equals("VotingApp")) {
      columns.add(new Column("URL", object -> text(object, "status", "url").isEmpty() ? "" : page));
    }
    columns.add(new Column("AGE", Table::age));
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns.stream().map(Column::title).toList());
    for (GenericKubernetesResource object : objects) {
      rows.add(columns.stream().map(column -> orNone(column.value().apply(object))).toList());
    }
    Columns.lines("", rows).forEach(out::println);
  }

  private static String orNone(String value) {
    return value == null || value.isEmpty() ? "<none>" : value;
  }

  private static String ready(GenericKubernetesResource object, String wanted) {
    return number(object, "status", "readyReplicas") + "/" + number(object, "spec", wanted);
  }

  private static String readyContainers(GenericKubernetesResource pod) {
    List<Map<String, Object>> statuses = list(pod, "status", "containerStatuses");
    long ready =
        statuses.stream().filter(status -> Boolean.TRUE.equals(status.get("ready"))).count();
    return ready + "/" + list(pod, "spec", "containers").size();
  }

  private static String podStatus(GenericKubernetesResource pod) {
    for (Map<String, Object> status : list(pod, "status", "containerStatuses")) {
      if (status.get("state") instanceof Map<?, ?> state
          && state.get("waiting") instanceof Map<?, ?> waiting) {
        return String.valueOf(waiting.get("reason"));
      }
    }
    return text(pod, "status", "phase");
  }

  private static int restarts(GenericKubernetesResource pod) {
    return list(pod, "status", "containerStatuses").stream()
        .mapToInt(status -> status.get("restartCount") instanceof Integer count ? count : 0)
        .sum();
  }

  private static String condition(GenericKubernetesResource object, String type, String field) {
    return list(object, "status", "conditions").stream()
        .filter(condition -> type.equals(condition.get("type")))
        .map(condition -> String.valueOf(condition.get(field)))
        .findFirst()
        .orElse("");
  }

  private static String age(GenericKubernetesResource object) {
    String created = object.getMetadata().getCreationTimestamp();
    if (created == null) {
      return "";
    }
    Duration age = Duration.between(Instant.parse(created), Instant.now());
    if (age.toDays() > 0) {
      return age.toDays() + "d";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h";
    }
    return age.toMinutes() > 1 ? age.toMinutes() + "m" : Math.max(0, age.toSeconds()) + "s";
  }

  private static String number(GenericKubernetesResource object, String... path) {
    return Optional.ofNullable(object.<Object>get((Object[]) path))
        .map(Object::toString)
        .orElse("0");
  }

  private static String text(GenericKubernetesResource object, String... path) {
    return Optional.ofNullable(object.<Object>get((Object[]) path))
        .map(Object::toString)
        .orElse("");
  }

  private static List<Map<String, Object>> list(GenericKubernetesResource object, String... path) {
    List<Map<String, Object>> list = object.get((Object[]) path);
    return list == null ? List.of() : list;
  }
}
