package dev.voting.servers.kubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.validation.Quantity;
import dev.voting.servers.kubernetes.wire.ApiException.Cause;
import dev.voting.servers.kubernetes.wire.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Which fields of Kubernetes' own kinds cannot change, in the words of a real server. */
public final class Immutability {

  private static final List<String> STATEFUL_SET_MAY =
      List.of(
          "replicas",
          "ordinals",
          "template",
          "updateStrategy",
          "revisionHistoryLimit",
          "persistentVolumeClaimRetentionPolicy",
          "minReadySeconds");
  private static final List<String> POD_MAY =
      List.of(
          "activeDeadlineSeconds",
          "terminationGracePeriodSeconds",
          "tolerations",
          "schedulingGates",
          "nodeName");

  private Immutability() {}

  public static List<Cause> check(ResourceType type, ObjectNode before, ObjectNode after) {
    List<Cause> causes = new ArrayList<>();
    switch (type.pluralAndGroup()) {
      case "deployments.apps", "replicasets.apps", "daemonsets.apps" ->
          fixed(causes, before, after, "selector");
      case "jobs.batch" -> {
        fixed(causes, before, after, "completions");
        fixed(causes, before, after, "selector");
        fixed(causes, before, after, "template");
        fixed(causes, before, after, "completionMode");
      }
      case "statefulsets.apps" -> statefulSet(causes, before, after);
      case "persistentvolumeclaims" -> claim(causes, before, after);
      case "pods" -> pod(causes, before, after);
      case "services" -> service(causes, before, after);
      case "secrets", "configmaps" -> data(causes, before, after);
      default -> {
        // May change everywhere.
      }
    }
    return causes;
  }

  private static void fixed(List<Cause> causes, ObjectNode before, ObjectNode after, String field) {
    JsonNode now = after.path("spec").path(field);
    if (!Json.same(before.path("spec").path(field), now)) {
      causes.add(
          new Cause(
              "spec." + field,
              "FieldValueInvalid",
              "Invalid value: "
                  + (now.isMissingNode() ? "null" : now.toString())
                  + ": field is immutable"));
    }
  }

  private static Cause forbidden(String field, String why) {
    return new Cause(field, "FieldValueForbidden", "Forbidden: " + why);
  }

  private static boolean sameBut(ObjectNode before, ObjectNode after, List<String> fields) {
    ObjectNode was = before.path("spec").deepCopy();
    ObjectNode is = after.path("spec").deepCopy();
    was.remove(fields);
    is.remove(fields);
    return Json.same(was, is);
  }

  private static void statefulSet(List<Cause> causes, ObjectNode before, ObjectNode after) {
    if (!sameBut(before, after, STATEFUL_SET_MAY)) {
      causes.add(
          forbidden(
              "spec",
              "updates to statefulset spec for fields other than 'replicas', 'ordinals',"
                  + " 'template', 'updateStrategy', 'revisionHistoryLimit',"
                  + " 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"));
    }
  }

  private static void claim(List<Cause> causes, ObjectNode before, ObjectNode after) {
    ObjectNode was = before.deepCopy();
    ObjectNode is = after.deepCopy();
    boolean bound = Json.text(before, "status", "phase").equals("Bound");
    for (ObjectNode claim : List.of(was, is)) {
      if (bound) {
        Json.make(claim, "spec", "resources", "requests").remove("storage");
      }
      if (!Json.make(was, "spec").has("volumeName")) {
        // Set once, by who binds it.
        Json.make(claim, "spec").remove("volumeName");
      }
    }
    if (!Json.same(was.path("spec"), is.path("spec"))) {
      causes.add(
          forbidden(
              "spec",
              "spec is immutable after creation except resources.requests and"
                  + " volumeAttributesClassName for bound claims"));
    }
    // What was asked for may be taken back, but not all of it.
    if (storage(after).compareTo(storage(before)) < 0
        && storage(after).compareTo(capacity(before)) <= 0) {
      causes.add(
          forbidden(
              "spec.resources.requests.storage", "field can not be less than status.capacity"));
    }
  }

  /** What a claim has, in bytes; what it asks for, where nobody has said. */
  private static BigDecimal capacity(JsonNode claim) {
    return Quantity.parse(Json.text(claim, "status", "capacity", "storage"))
        .map(Quantity::value)
        .orElseGet(() -> storage(claim));
  }

  /** What a claim asks for, in bytes. */
  public static BigDecimal storage(JsonNode claim) {
    return Quantity.parse(Json.text(claim, "spec", "resources", "requests", "storage"))
        .map(Quantity::value)
        .orElse(BigDecimal.ZERO);
  }

  private static void pod(List<Cause> causes, ObjectNode before, ObjectNode after) {
    ObjectNode was = before.deepCopy();
    ObjectNode is = after.deepCopy();
    for (ObjectNode pod : List.of(was, is)) {
      for (String list : List.of("containers", "initContainers")) {
        Json.objects(pod.path("spec").path(list)).forEach(container -> container.remove("image"));
      }
    }
    if (!sameBut(was, is, POD_MAY)) {
      causes.add(
          forbidden(
              "spec",
              "pod updates may not change fields other than `spec.containers[*].image`,"
                  + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
                  + "`spec.tolerations` (only additions to existing tolerations),"
                  + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was"
                  + " previously negative)"));
    }
  }

  private static void service(List<Cause> causes, ObjectNode before, ObjectNode after) {
    boolean external =
        Json.text(before, "spec", "type").equals("ExternalName")
            || Json.text(after, "spec", "type").equals("ExternalName");
    String was = Json.text(before, "spec", "clusterIP");
    String is = Json.text(after, "spec", "clusterIP");
    if (!external && !was.isEmpty() && !was.equals(is)) {
      causes.add(
          new Cause(
              "spec.clusterIPs[0]",
              "FieldValueInvalid",
              "Invalid value: [\"" + is + "\"]: may not change once set"));
    }
  }

  private static void data(List<Cause> causes, ObjectNode before, ObjectNode after) {
    if (!Json.same(before.path("type"), after.path("type"))) {
      causes.add(
          new Cause(
              "type",
              "FieldValueInvalid",
              "Invalid value: " + after.path("type") + ": field is immutable"));
    }
    if (!before.path("immutable").asBoolean(false)) {
      return;
    }
    for (String field : List.of("immutable", "data", "binaryData")) {
      if (!Json.same(before.path(field), after.path(field))) {
        causes.add(forbidden(field, "field is immutable when `immutable` is set"));
      }
    }
  }
}
