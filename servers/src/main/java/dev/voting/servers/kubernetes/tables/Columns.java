package dev.voting.servers.kubernetes.tables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;

/** Which columns {@code kubectl get} prints for each kind. */
final class Columns {

  /** What the conditions of a Job come to, the first that it has. */
  private static final List<String> JOB_STATUSES =
      List.of("Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet");

  private Columns() {}

  static List<Column> of(ResourceType type) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("Name", 0, o -> Json.text(o, "metadata", "name")));
    if (type.isCustom() && !type.crd().printerColumns().isEmpty()) {
      for (JsonNode column : type.crd().printerColumns()) {
        boolean date = Json.text(column, "type").equals("date");
        JsonPath path = JsonPath.of(Json.text(column, "jsonPath"));
        columns.add(
            new Column(
                Json.text(column, "name"),
                column.path("priority").asInt(0),
                o -> date ? age(path.read(o)) : path.read(o)));
      }
      return columns;
    }
    columns.addAll(builtIn(type));
    columns.add(new Column("Age", 0, o -> age(Json.text(o, "metadata", "creationTimestamp"))));
    return columns;
  }

  private static List<Column> builtIn(ResourceType type) {
    return switch (type.pluralAndGroup()) {
      case "pods" ->
          List.of(
              column("Ready", Columns::readyContainers),
              column("Status", Columns::podStatus),
              column("Restarts", Columns::restarts),
              wide("IP", field("status", "podIP")),
              wide("Node", field("spec", "nodeName")));
      case "deployments.apps" ->
          List.of(
              column("Ready", o -> ready(o, "readyReplicas")),
              column("Up-to-date", number("status", "updatedReplicas")),
              column("Available", number("status", "availableReplicas")),
              wide("Images", Columns::images));
      case "statefulsets.apps" ->
          List.of(column("Ready", o -> ready(o, "readyReplicas")), wide("Images", Columns::images));
      case "replicasets.apps" ->
          List.of(
              column("Desired", number("spec", "replicas")),
              column("Current", number("status", "replicas")),
              column("Ready", number("status", "readyReplicas")));
      case "jobs.batch" ->
          List.of(
              column("Status", Columns::jobStatus),
              column("Completions", Columns::completions),
              wide("Images", Columns::images));
      case "services" ->
          List.of(
              column("Type", field("spec", "type")),
              column("Cluster-IP", field("spec", "clusterIP")),
              column("External-IP", o -> "<none>"),
              column("Port(s)", Columns::ports));
      case "namespaces" -> List.of(column("Status", field("status", "phase")));
      case "secrets" ->
          List.of(
              column("Type", field("type")),
              column("Data", o -> Integer.toString(o.path("data").size())));
      case "configmaps" ->
          List.of(
              column(
                  "Data",
                  o -> Integer.toString(o.path("data").size() + o.path("binaryData").size())));
      case "ingresses.networking.k8s.io" ->
          List.of(
              column("Class", field("spec", "ingressClassName")),
              column("Hosts", o -> JsonPath.of(".spec.rules[*].host").read(o)),
              column("Address", o -> JsonPath.of(".status.loadBalancer.ingress[*].ip").read(o)),
              column("Ports", o -> o.path("spec").has("tls") ? "80, 443" : "80"));
      case "persistentvolumeclaims" ->
          List.of(
              column("Status", field("status", "phase")),
              column("Volume", field("spec", "volumeName")),
              column("Capacity", field("status", "capacity", "storage")),
              column("Access Modes", o -> JsonPath.of(".spec.accessModes[*]").read(o)),
              column("StorageClass", field("spec", "storageClassName")));
      case "horizontalpodautoscalers.autoscaling" ->
          List.of(
              column(
                  "Reference",
                  o ->
                      Json.text(o, "spec", "scaleTargetRef", "kind")
                          + "/"
                          + Json.text(o, "spec", "scaleTargetRef", "name")),
              column("MinPods", number("spec", "minReplicas")),
              column("MaxPods", number("spec", "maxReplicas")),
              column("Replicas", number("status", "currentReplicas")));
      case "poddisruptionbudgets.policy" ->
          List.of(
              column("Min Available", field("spec", "minAvailable")),
              column("Max Unavailable", field("spec", "maxUnavailable")),
              column("Allowed Disruptions", number("status", "disruptionsAllowed")));
      case "leases.coordination.k8s.io" ->
          List.of(column("Holder", field("spec", "holderIdentity")));
      case "events", "events.events.k8s.io" ->
          List.of(
              column("Type", field("type")),
              column("Reason", field("reason")),
              column(
                  "Object",
                  o ->
                      (text(o, "involvedObject", "kind") + text(o, "regarding", "kind"))
                              .toLowerCase()
                          + "/"
                          + text(o, "involvedObject", "name")
                          + text(o, "regarding", "name")),
              column("Message", o -> text(o, "message") + text(o, "note")));
      default -> List.of();
    };
  }

  private static String age(String time) {
    return Age.of(time, Instant.now());
  }

  private static Column column(String name, Function<ObjectNode, String> cell) {
    return new Column(name, 0, cell);
  }

  private static Column wide(String name, Function<ObjectNode, String> cell) {
    return new Column(name, 1, cell);
  }

  private static String text(JsonNode node, String... path) {
    return Json.text(node, path);
  }

  private static Function<ObjectNode, String> field(String... path) {
    return o -> {
      String text = Json.text(o, path);
      return text.isEmpty() ? "<none>" : text;
    };
  }

  private static Function<ObjectNode, String> number(String... path) {
    return o -> Json.at(o, path).asText("0");
  }

  private static String ready(JsonNode o, String field) {
    return Json.at(o, "status", field).asInt(0) + "/" + Json.at(o, "spec", "replicas").asInt(0);
  }

  private static String readyContainers(JsonNode o) {
    int ready = 0;
    for (JsonNode container : Json.at(o, "status", "containerStatuses")) {
      ready += container.path("ready").asBoolean() ? 1 : 0;
    }
    return ready + "/" + Json.at(o, "spec", "containers").size();
  }

  private static String podStatus(JsonNode o) {
    if (o.path("metadata").has("deletionTimestamp")) {
      return "Terminating";
    }
    for (JsonNode container : Json.at(o, "status", "containerStatuses")) {
      String waiting = text(container, "state", "waiting", "reason");
      String terminated = text(container, "state", "terminated", "reason");
      if (!waiting.isEmpty() || !terminated.isEmpty()) {
        return waiting + terminated;
      }
    }
    return text(o, "status", "phase");
  }

  private static String restarts(JsonNode o) {
    int restarts = 0;
    for (JsonNode container : Json.at(o, "status", "containerStatuses")) {
      restarts += container.path("restartCount").asInt(0);
    }
    return Integer.toString(restarts);
  }

  private static String images(JsonNode o) {
    return JsonPath.of(".spec.template.spec.containers[*].image").read(o);
  }

  private static String jobStatus(JsonNode o) {
    Set<String> conditions = new HashSet<>();
    for (JsonNode condition : Json.at(o, "status", "conditions")) {
      if (text(condition, "status").equals("True")) {
        conditions.add(text(condition, "type"));
      }
    }
    return JOB_STATUSES.stream()
        .filter(conditions::contains)
        .findFirst()
        .orElse(Json.at(o, "spec", "suspend").asBoolean(false) ? "Suspended" : "Running");
  }

  private static String completions(JsonNode o) {
    String succeeded = Json.at(o, "status", "succeeded").asText("0");
    JsonNode completions = Json.at(o, "spec", "completions");
    return completions.isMissingNode()
        ? succeeded + "/1 of " + Json.at(o, "spec", "parallelism").asText("1")
        : succeeded + "/" + completions.asText();
  }

  private static String ports(JsonNode o) {
    StringJoiner ports = new StringJoiner(",");
    for (JsonNode port : Json.at(o, "spec", "ports")) {
      ports.add(port.path("port").asText() + "/" + port.path("protocol").asText("TCP"));
    }
    return ports.length() == 0 ? "<none>" : ports.toString();
  }
}
