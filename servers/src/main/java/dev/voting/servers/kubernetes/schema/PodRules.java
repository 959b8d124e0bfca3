package dev.voting.servers.kubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.wire.ApiException.Cause;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Rules of pods and Services that an object breaks when lists are merged by key and two writers
 * each left their part, in the words of a real server.
 */
final class PodRules {

  private static final List<String> PROBES =
      List.of("livenessProbe", "readinessProbe", "startupProbe");
  private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");

  private PodRules() {}

  static void check(List<Cause> causes, ResourceType type, ObjectNode object) {
    switch (type.pluralAndGroup()) {
      case "pods" -> pod(causes, object.path("spec"), "spec", Set.of());
      case "deployments.apps",
          "statefulsets.apps",
          "replicasets.apps",
          "daemonsets.apps",
          "jobs.batch" ->
          pod(
              causes,
              Json.at(object, "spec", "template", "spec"),
              "spec.template.spec",
              claims(object));
      case "services" -> servicePorts(causes, Json.at(object, "spec", "ports"));
      default -> {
        // Has neither pods nor ports.
      }
    }
  }

  /** Volumes that a StatefulSet adds to its pods. */
  private static Set<String> claims(ObjectNode object) {
    Set<String> names = new HashSet<>();
    Json.at(object, "spec", "volumeClaimTemplates")
        .forEach(claim -> names.add(Json.text(claim, "metadata", "name")));
    return names;
  }

  private static void pod(List<Cause> causes, JsonNode spec, String path, Set<String> claims) {
    JsonNode volumes = spec.path("volumes");
    unique(causes, volumes, "name", path + ".volumes");
    for (int i = 0; i < volumes.size(); i++) {
      oneOf(causes, volumes.get(i), Set.of("name"), path + ".volumes[" + i + "]", "volume");
    }
    Set<String> names = new HashSet<>(claims);
    volumes.forEach(volume -> names.add(Json.text(volume, "name")));
    Set<String> ports = new HashSet<>();
    for (String list : List.of("initContainers", "containers")) {
      JsonNode containers = spec.path(list);
      unique(causes, containers, "name", path + "." + list);
      for (int i = 0; i < containers.size(); i++) {
        container(causes, containers.get(i), path + "." + list + "[" + i + "]", names, ports);
      }
    }
  }

  private static void container(
      List<Cause> causes, JsonNode container, String path, Set<String> volumes, Set<String> ports) {
    JsonNode env = container.path("env");
    for (int i = 0; i < env.size(); i++) {
      if (env.get(i).has("valueFrom") && !Json.text(env.get(i), "value").isEmpty()) {
        causes.add(
            invalid(
                path + ".env[" + i + "].valueFrom",
                "\"\"",
                "may not be specified when `value` is not empty"));
      }
      if (env.get(i).path("valueFrom").size() > 1) {
        causes.add(
            invalid(
                path + ".env[" + i + "].valueFrom",
                "\"\"",
                "may not have more than one field specified at a time"));
      }
    }
    JsonNode offered = container.path("ports");
    for (int i = 0; i < offered.size(); i++) {
      String name = Json.text(offered.get(i), "name");
      if (!name.isEmpty() && !ports.add(name)) {
        causes.add(duplicate(path + ".ports[" + i + "].name", "\"" + name + "\""));
      }
    }
    JsonNode mounts = container.path("volumeMounts");
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < mounts.size(); i++) {
      String mount = path + ".volumeMounts[" + i + "]";
      String name = Json.text(mounts.get(i), "name");
      if (!volumes.contains(name)) {
        causes.add(new Cause(mount + ".name", "FieldValueNotFound", "Not found: \"" + name + "\""));
      }
      String mountPath = Json.text(mounts.get(i), "mountPath");
      if (!paths.add(mountPath)) {
        causes.add(invalid(mount + ".mountPath", "\"" + mountPath + "\"", "must be unique"));
      }
    }
    for (String probe : PROBES) {
      oneHandler(causes, container.path(probe), path + "." + probe);
    }
    for (String hook : List.of("postStart", "preStop")) {
      oneHandler(causes, container.path("lifecycle").path(hook), path + ".lifecycle." + hook);
    }
  }

  private static void oneHandler(List<Cause> causes, JsonNode value, String path) {
    Set<String> rest = new HashSet<>();
    value.fieldNames().forEachRemaining(rest::add);
    rest.removeAll(HANDLERS);
    oneOf(causes, value, rest, path, "handler");
  }

  /** Of the fields that say of which type a value is, only the first may be there. */
  private static void oneOf(
      List<Cause> causes, JsonNode value, Set<String> besides, String path, String what) {
    fieldNames(value).stream()
        .filter(field -> !besides.contains(field))
        .sorted()
        .skip(1)
        .forEach(
            field ->
                causes.add(
                    new Cause(
                        path + "." + field,
                        "FieldValueForbidden",
                        "Forbidden: may not specify more than 1 " + what + " type")));
  }

  private static List<String> fieldNames(JsonNode value) {
    Iterable<String> names = value::fieldNames;
    return StreamSupport.stream(names.spliterator(), false).toList();
  }

  private static void servicePorts(List<Cause> causes, JsonNode ports) {
    unique(causes, ports, "name", "spec.ports");
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      JsonNode port = ports.get(i);
      if (ports.size() > 1 && Json.text(port, "name").isEmpty()) {
        causes.add(new Cause("spec.ports[" + i + "].name", "FieldValueRequired", "Required value"));
      }
      if (!taken.add(Json.text(port, "protocol") + port.path("port"))) {
        causes.add(duplicate("spec.ports[" + i + "]", port.toString()));
      }
    }
  }

  private static void unique(List<Cause> causes, JsonNode list, String field, String path) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      String name = Json.text(list.get(i), field);
      if (!name.isEmpty() && !names.add(name)) {
        causes.add(duplicate(path + "[" + i + "]." + field, "\"" + name + "\""));
      }
    }
  }

  private static Cause duplicate(String field, String value) {
    return new Cause(field, "FieldValueDuplicate", "Duplicate value: " + value);
  }

  private static Cause invalid(String field, String value, String why) {
    return new Cause(field, "FieldValueInvalid", "Invalid value: " + value + ": " + why);
  }
}
