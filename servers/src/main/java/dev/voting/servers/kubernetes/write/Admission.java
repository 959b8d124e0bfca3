package dev.voting.servers.kubernetes.write;

import static dev.voting.servers.kubernetes.wire.Json.make;
import static dev.voting.servers.kubernetes.wire.Json.setDefault;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.Defaults;
import dev.voting.servers.kubernetes.schema.Immutability;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.schema.Rules;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.ApiException.Cause;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What the server does to objects of each kind before it keeps them: defaults, then rules. */
public final class Admission {

  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

  private final Store store;
  private final ResourceTypes types;
  private final AtomicInteger nextClusterIp = new AtomicInteger(1);

  public Admission(Store store, ResourceTypes types) {
    this.store = store;
    this.types = types;
  }

  /**
   * Defaults and validates a new object, which has its uid already.
   *
   * @throws ApiException 422 with all that is wrong with it
   */
  void admitNew(ResourceType type, ObjectNode object) {
    if (type.isCustom()) {
      type.crd().validator().fillDefaults(object);
    } else {
      Defaults.fill(type, object);
    }
    switch (type.pluralAndGroup()) {
      case "namespaces" -> namespace(object);
      case "pods" -> make(object, "status").put("phase", "Pending");
      case "persistentvolumeclaims" -> claim(object);
      case "services" -> clusterIp(object);
      case "jobs.batch" -> {
        jobSelector(object);
        make(object, "status");
      }
      case "deployments.apps" -> make(object, "status");
      case "statefulsets.apps" -> {
        dropMaxUnavailable(object);
        zeros(object, "replicas", "availableReplicas");
      }
      case "replicasets.apps" -> zeros(object, "replicas", "availableReplicas");
      case "poddisruptionbudgets.policy" ->
          zeros(object, "currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods");
      case "horizontalpodautoscalers.autoscaling" -> zeros(object, "desiredReplicas");
      case "ingresses.networking.k8s.io" -> make(object, "status", "loadBalancer");
      case "customresourcedefinitions.apiextensions.k8s.io" -> establish(object);
      default -> {
        // Nothing that is made by the server itself.
      }
    }
    List<Cause> causes = Rules.check(type, object);
    causes.addAll(violations(type, object, null));
    refuse(type, object, causes);
  }

  private static List<Cause> violations(ResourceType type, ObjectNode object, ObjectNode before) {
    if (!type.isCustom()) {
      return List.of();
    }
    return type.crd().validator().validate(object, before).stream()
        .map(v -> new Cause(v.field(), v.reason(), v.message()))
        .toList();
  }

  private static void refuse(ResourceType type, ObjectNode object, List<Cause> causes) {
    if (!causes.isEmpty()) {
      throw ApiException.invalid(type, Json.text(object, "metadata", "name"), causes);
    }
  }

  /**
   * Defaults and validates a changed object.
   *
   * @param status whether only the status was written
   * @throws ApiException 422 with all that is wrong with it
   */
  void admitChanged(ResourceType type, ObjectNode before, ObjectNode after, boolean status) {
    if (type.isCustom()) {
      type.crd().validator().fillDefaults(after);
      refuse(type, after, violations(type, after, before));
      return;
    }
    Defaults.fill(type, after);
    if (status) {
      return;
    }
    keepWhatTheServerSet(type, before, after);
    List<Cause> causes = Rules.check(type, after);
    causes.addAll(Immutability.check(type, before, after));
    refuse(type, after, causes);
    if (type.is("", "persistentvolumeclaims")
        && Immutability.storage(after).compareTo(Immutability.storage(before)) > 0) {
      checkExpansion(type, after);
    }
  }

  private static void keepWhatTheServerSet(ResourceType type, ObjectNode before, ObjectNode after) {
    switch (type.pluralAndGroup()) {
      case "namespaces" ->
          make(after, "metadata", "labels")
              .put("kubernetes.io/metadata.name", Json.text(after, "metadata", "name"));
      case "services" -> {
        for (String field : List.of("clusterIP", "clusterIPs")) {
          if (!after.path("spec").has(field) && before.path("spec").has(field)) {
            make(after, "spec").set(field, before.path("spec").get(field));
          }
        }
      }
      case "statefulsets.apps" -> {
        if (!Json.at(before, "spec", "updateStrategy", "rollingUpdate").has("maxUnavailable")) {
          dropMaxUnavailable(after);
        }
      }
      default -> {
        // Nothing that is kept by the server itself.
      }
    }
  }

  /** Behind the gate MaxUnavailableStatefulSet, which is off unless somebody opens it. */
  private static void dropMaxUnavailable(ObjectNode set) {
    if (Json.at(set, "spec", "updateStrategy", "rollingUpdate") instanceof ObjectNode rolling) {
      rolling.remove("maxUnavailable");
    }
  }

  private static void namespace(ObjectNode namespace) {
    make(namespace, "metadata", "labels")
        .put("kubernetes.io/metadata.name", Json.text(namespace, "metadata", "name"));
    make(namespace, "spec").putArray("finalizers").add("kubernetes");
    make(namespace, "status").put("phase", "Active");
  }

  private static void zeros(ObjectNode object, String... fields) {
    for (String field : fields) {
      make(object, "status").put(field, 0);
    }
  }

  private void claim(ObjectNode claim) {
    make(claim, "status").put("phase", "Pending");
    if (!claim.path("spec").has("storageClassName")) {
      classes().stream()
          .filter(c -> Json.text(c.metadata(), "annotations", DEFAULT_CLASS).equals("true"))
          .findFirst()
          .ifPresent(c -> make(claim, "spec").put("storageClassName", c.name()));
    }
  }

  private List<StoredObject> classes() {
    return store
        .list(types.find("storage.k8s.io", "v1", "storageclasses").orElseThrow(), "")
        .objects();
  }

  private void checkExpansion(ResourceType type, ObjectNode claim) {
    String wanted = Json.text(claim, "spec", "storageClassName");
    boolean expands =
        classes().stream()
            .filter(c -> c.name().equals(wanted))
            .anyMatch(c -> c.tree().path("allowVolumeExpansion").asBoolean(false));
    if (!expands) {
      throw ApiException.forbidden(
          type,
          Json.text(claim, "metadata", "name"),
          "only dynamically provisioned pvc can be resized and the storageclass that provisions"
              + " the pvc must support resize");
    }
  }

  private void clusterIp(ObjectNode service) {
    ObjectNode spec = make(service, "spec");
    if (Json.text(spec, "type").equals("ExternalName")) {
      return;
    }
    int n = nextClusterIp.getAndIncrement();
    setDefault(spec, "clusterIP", "10.96." + (n >> 8 & 0xff) + "." + (n & 0xff));
    if (!spec.has("clusterIPs")) {
      spec.putArray("clusterIPs").add(spec.get("clusterIP"));
    }
    make(service, "status", "loadBalancer");
  }

  private static void jobSelector(ObjectNode job) {
    if (Json.at(job, "spec", "manualSelector").asBoolean(false)) {
      return;
    }
    String uid = Json.text(job, "metadata", "uid");
    String name = Json.text(job, "metadata", "name");
    make(job, "spec", "template", "metadata", "labels")
        .put("batch.kubernetes.io/controller-uid", uid)
        .put("batch.kubernetes.io/job-name", name)
        .put("controller-uid", uid)
        .put("job-name", name);
    make(job, "spec", "selector", "matchLabels").put("batch.kubernetes.io/controller-uid", uid);
  }

  private static void establish(ObjectNode crd) {
    ObjectNode names = make(crd, "spec", "names");
    setDefault(names, "singular", Json.text(names, "kind").toLowerCase());
    setDefault(names, "listKind", Json.text(names, "kind") + "List");
    make(crd, "spec", "conversion").put("strategy", "None");
    ObjectNode status = make(crd, "status");
    status.set("acceptedNames", names.deepCopy());
    var conditions = status.putArray("conditions");
    for (String type : List.of("NamesAccepted", "Established")) {
      conditions
          .addObject()
          .put("type", type)
          .put("status", "True")
          .put("reason", type.equals("Established") ? "InitialNamesAccepted" : "NoConflicts")
          .put("message", "the kind can be used")
          .put("lastTransitionTime", Json.now());
    }
    var stored = status.putArray("storedVersions");
    crd.path("spec")
        .path("versions")
        .forEach(
            version -> {
              if (version.path("storage").asBoolean(false)) {
                stored.add(version.get("name"));
              }
            });
  }
}
