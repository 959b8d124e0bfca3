package dev.voting.servers.kubernetes.schema;

import static dev.voting.servers.kubernetes.wire.Json.make;
import static dev.voting.servers.kubernetes.wire.Json.objects;
import static dev.voting.servers.kubernetes.wire.Json.setDefault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.function.Consumer;

/**
 * The defaults that Kubernetes fills into objects of its own kinds, new and changed ones alike. A
 * client that applies an object again must find that nothing changes, though the server added to
 * it.
 */
public final class Defaults {

  private static final int TEN_MINUTES = 600;

  private Defaults() {}

  public static void fill(ResourceType type, ObjectNode object) {
    Consumer<ObjectNode> fill =
        switch (type.pluralAndGroup()) {
          case "pods" -> o -> PodDefaults.podSpec(make(o, "spec"));
          case "deployments.apps" -> Defaults::deployment;
          case "statefulsets.apps" -> Defaults::statefulSet;
          case "replicasets.apps", "replicationcontrollers" ->
              o -> {
                setDefault(make(o, "spec"), "replicas", 1);
                template(o);
              };
          case "jobs.batch" -> Defaults::job;
          case "services" -> Defaults::service;
          case "secrets" -> Defaults::secret;
          case "persistentvolumeclaims" ->
              o -> setDefault(make(o, "spec"), "volumeMode", "Filesystem");
          case "horizontalpodautoscalers.autoscaling" ->
              o -> setDefault(make(o, "spec"), "minReplicas", 1);
          case "networkpolicies.networking.k8s.io" -> Defaults::networkPolicy;
          default -> o -> {};
        };
    fill.accept(object);
  }

  private static void template(ObjectNode object) {
    if (object.path("spec").get("template") instanceof ObjectNode template) {
      PodDefaults.podSpec(make(template, "spec"));
    }
  }

  private static void deployment(ObjectNode object) {
    ObjectNode spec = make(object, "spec");
    setDefault(spec, "replicas", 1);
    setDefault(spec, "revisionHistoryLimit", 10);
    setDefault(spec, "progressDeadlineSeconds", TEN_MINUTES);
    ObjectNode strategy = make(spec, "strategy");
    setDefault(strategy, "type", "RollingUpdate");
    if (Json.text(strategy, "type").equals("RollingUpdate")) {
      ObjectNode rolling = make(strategy, "rollingUpdate");
      setDefault(rolling, "maxSurge", "25%");
      setDefault(rolling, "maxUnavailable", "25%");
    }
    template(object);
  }

  private static void statefulSet(ObjectNode object) {
    ObjectNode spec = make(object, "spec");
    setDefault(spec, "replicas", 1);
    setDefault(spec, "revisionHistoryLimit", 10);
    setDefault(spec, "podManagementPolicy", "OrderedReady");
    ObjectNode retention = make(spec, "persistentVolumeClaimRetentionPolicy");
    setDefault(retention, "whenDeleted", "Retain");
    setDefault(retention, "whenScaled", "Retain");
    ObjectNode strategy = make(spec, "updateStrategy");
    setDefault(strategy, "type", "RollingUpdate");
    if (Json.text(strategy, "type").equals("RollingUpdate")) {
      setDefault(make(strategy, "rollingUpdate"), "partition", 0);
    }
    for (ObjectNode claim : objects(spec.path("volumeClaimTemplates"))) {
      setDefault(claim, "apiVersion", "v1");
      setDefault(claim, "kind", "PersistentVolumeClaim");
      setDefault(make(claim, "spec"), "volumeMode", "Filesystem");
      setDefault(make(claim, "status"), "phase", "Pending");
    }
    template(object);
  }

  private static void job(ObjectNode object) {
    ObjectNode spec = make(object, "spec");
    if (!spec.has("completions") && !spec.has("parallelism")) {
      spec.put("completions", 1);
    }
    setDefault(spec, "parallelism", 1);
    setDefault(spec, "backoffLimit", 6);
    setDefault(spec, "completionMode", "NonIndexed");
    setDefault(spec, "suspend", false);
    setDefault(spec, "manualSelector", false);
    setDefault(spec, "podReplacementPolicy", "TerminatingOrFailed");
    template(object);
  }

  private static void service(ObjectNode object) {
    ObjectNode spec = make(object, "spec");
    setDefault(spec, "sessionAffinity", "None");
    setDefault(spec, "type", "ClusterIP");
    if (!Json.text(spec, "type").equals("ExternalName")) {
      setDefault(spec, "internalTrafficPolicy", "Cluster");
      setDefault(spec, "ipFamilyPolicy", "SingleStack");
      if (!spec.has("ipFamilies")) {
        spec.putArray("ipFamilies").add("IPv4");
      }
    }
    for (ObjectNode port : objects(spec.path("ports"))) {
      setDefault(port, "protocol", "TCP");
      if (!port.has("targetPort") && port.has("port")) {
        port.set("targetPort", port.get("port"));
      }
    }
  }

  /** {@code stringData} is for writing only, and ends up in {@code data}. */
  private static void secret(ObjectNode object) {
    setDefault(object, "type", "Opaque");
    if (object.remove("stringData") instanceof ObjectNode plain) {
      ObjectNode data = make(object, "data");
      plain
          .properties()
          .forEach(
              field ->
                  data.put(
                      field.getKey(),
                      java.util.Base64.getEncoder()
                          .encodeToString(
                              field
                                  .getValue()
                                  .asText()
                                  .getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    }
  }

  private static void networkPolicy(ObjectNode object) {
    ObjectNode spec = make(object, "spec");
    if (!spec.has("podSelector")) {
      spec.putObject("podSelector");
    }
    if (!spec.has("policyTypes")) {
      var types = spec.putArray("policyTypes").add("Ingress");
      if (!spec.path("egress").isEmpty()) {
        types.add("Egress");
      }
    }
    for (String direction : new String[] {"ingress", "egress"}) {
      for (JsonNode rule : spec.path(direction)) {
        objects(rule.path("ports")).forEach(port -> setDefault(port, "protocol", "TCP"));
      }
    }
  }
}
