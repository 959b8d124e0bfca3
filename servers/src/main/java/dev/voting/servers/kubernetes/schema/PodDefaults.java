package dev.voting.servers.kubernetes.schema;

import static dev.voting.servers.kubernetes.wire.Json.make;
import static dev.voting.servers.kubernetes.wire.Json.objects;
import static dev.voting.servers.kubernetes.wire.Json.setDefault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.wire.Json;

/** The defaults of a pod, alone or in a template. */
final class PodDefaults {

  /** Octal 0644. */
  private static final int OWNER_WRITES_ALL_READ = 420;

  private PodDefaults() {}

  static void podSpec(ObjectNode spec) {
    setDefault(spec, "restartPolicy", "Always");
    setDefault(spec, "dnsPolicy", "ClusterFirst");
    setDefault(spec, "schedulerName", "default-scheduler");
    setDefault(spec, "terminationGracePeriodSeconds", 30);
    make(spec, "securityContext");
    if (spec.hasNonNull("serviceAccountName")) {
      setDefault(spec, "serviceAccount", Json.text(spec, "serviceAccountName"));
    }
    objects(spec.path("containers")).forEach(PodDefaults::container);
    objects(spec.path("initContainers")).forEach(PodDefaults::container);
    objects(spec.path("volumes")).forEach(PodDefaults::volume);
  }

  private static void container(ObjectNode container) {
    setDefault(container, "terminationMessagePath", "/dev/termination-log");
    setDefault(container, "terminationMessagePolicy", "File");
    setDefault(container, "imagePullPolicy", pullPolicy(Json.text(container, "image")));
    ObjectNode resources = make(container, "resources");
    // What is limited but not requested is requested up to the limit.
    if (resources.get("limits") instanceof ObjectNode limits) {
      ObjectNode requests = make(resources, "requests");
      limits.properties().stream()
          .filter(limit -> !requests.has(limit.getKey()))
          .toList()
          .forEach(limit -> requests.set(limit.getKey(), limit.getValue()));
    }
    objects(container.path("ports")).forEach(port -> setDefault(port, "protocol", "TCP"));
    for (JsonNode env : container.path("env")) {
      if (env instanceof ObjectNode variable && Json.text(variable, "value").isEmpty()) {
        // An empty value and none are the same.
        variable.remove("value");
      }
      if (env.path("valueFrom").get("fieldRef") instanceof ObjectNode field) {
        setDefault(field, "apiVersion", "v1");
      }
      if (env.path("valueFrom").get("resourceFieldRef") instanceof ObjectNode field) {
        setDefault(field, "divisor", "0");
      }
    }
    for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
      if (container.get(probe) instanceof ObjectNode present) {
        setDefault(present, "timeoutSeconds", 1);
        setDefault(present, "periodSeconds", 10);
        setDefault(present, "successThreshold", 1);
        setDefault(present, "failureThreshold", 3);
        handler(present);
      }
    }
    for (JsonNode hook : container.path("lifecycle")) {
      if (hook instanceof ObjectNode present) {
        handler(present);
      }
    }
  }

  private static String pullPolicy(String image) {
    String tag = image.substring(image.lastIndexOf('/') + 1);
    boolean latest = !tag.contains("@") && (!tag.contains(":") || tag.endsWith(":latest"));
    return latest ? "Always" : "IfNotPresent";
  }

  private static void handler(ObjectNode handler) {
    if (handler.get("httpGet") instanceof ObjectNode get) {
      setDefault(get, "scheme", "HTTP");
      setDefault(get, "path", "/");
    }
    if (handler.get("grpc") instanceof ObjectNode grpc) {
      setDefault(grpc, "service", "");
    }
  }

  private static void volume(ObjectNode volume) {
    for (String kind : new String[] {"secret", "configMap", "downwardAPI", "projected"}) {
      if (volume.get(kind) instanceof ObjectNode source) {
        setDefault(source, "defaultMode", OWNER_WRITES_ALL_READ);
        source.path("items").forEach(PodDefaults::downwardItem);
        source.path("sources").forEach(PodDefaults::projection);
      }
    }
    if (volume.get("hostPath") instanceof ObjectNode path) {
      setDefault(path, "type", "");
    }
    if (volume.path("ephemeral").get("volumeClaimTemplate") instanceof ObjectNode claim) {
      setDefault(make(claim, "spec"), "volumeMode", "Filesystem");
    }
  }

  private static void projection(JsonNode source) {
    if (source.get("serviceAccountToken") instanceof ObjectNode token) {
      setDefault(token, "expirationSeconds", 3600);
    }
    source.path("downwardAPI").path("items").forEach(PodDefaults::downwardItem);
  }

  private static void downwardItem(JsonNode item) {
    if (item.get("fieldRef") instanceof ObjectNode field) {
      setDefault(field, "apiVersion", "v1");
    }
  }
}
