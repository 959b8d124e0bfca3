package dev.voting.operator.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.cluster.Finding;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrArray;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrBool;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The definition of the VotingApp that the cluster has, watched by its name alone. An older one
 * than the operator's drops the fields that it does not know; a newer one, as between the two steps
 * of an upgrade and after a rollback, has fields that the operator does not know, and leaves alone.
 */
public final class InstalledCrd extends AppEventSource<CustomResourceDefinition> {

  private static final Logger LOG = LoggerFactory.getLogger(InstalledCrd.class);

  private static final String STATUS = "status.";

  private final KubernetesClient client;
  private final Supplier<List<VotingApp>> apps;
  private volatile List<String> missing = List.of();
  private volatile List<String> unknown = List.of();
  private volatile SharedIndexInformer<CustomResourceDefinition> informer;

  public InstalledCrd(KubernetesClient client, Supplier<List<VotingApp>> apps) {
    super(CustomResourceDefinition.class, "installed-crd");
    this.client = client;
    this.apps = apps;
  }

  /** What the cluster's definition lacks; empty when it lacks nothing. */
  public Optional<Finding> outdated() {
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finding(
                "CrdOutdated",
                ("the definition of VotingApps on this cluster is older than the operator, and"
                        + " lacks %s: apply crd/%s.yaml of the operator's version")
                    .formatted(String.join(", ", missing), VotingAppCrd.NAME)));
  }

  /** What the cluster's definition has beyond the operator's; empty when that is nothing. */
  public Optional<Finding> newer() {
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finding(
                "CrdNewer",
                ("the definition of VotingApps on this cluster is newer than the operator, which"
                        + " does not understand %s and leaves it alone: install the operator of the"
                        + " definition's version")
                    .formatted(String.join(", ", unknown))));
  }

  /** A status without what the cluster's definition lacks, which an apply would be refused for. */
  public VotingAppStatus known(VotingAppStatus status) {
    var unknown = missing.stream().filter(field -> field.startsWith(STATUS)).toList();
    if (unknown.isEmpty()) {
      return status;
    }
    var tree = client.getKubernetesSerialization().convertValue(status, ObjectNode.class);
    for (var field : unknown) {
      var path = field.substring(STATUS.length()).split("\\.");
      JsonNode parent = tree;
      for (int i = 0; i < path.length - 1; i++) {
        parent = parent.path(path[i]);
      }
      if (parent instanceof ObjectNode object) {
        object.remove(path[path.length - 1]);
      }
    }
    return client.getKubernetesSerialization().convertValue(tree, VotingAppStatus.class);
  }

  /** Fields that one definition has and another one lacks. */
  public static List<String> missing(
      CustomResourceDefinition wanted, CustomResourceDefinition found) {
    var fields = new ArrayList<String>();
    schema(wanted).ifPresent(schema -> collect(schema, schema(found), "", fields));
    return fields;
  }

  private static Optional<JSONSchemaProps> schema(CustomResourceDefinition crd) {
    return crd.getSpec().getVersions().stream()
        .filter(version -> version.getName().equals(VotingApp.VERSION))
        .findFirst()
        .map(version -> version.getSchema().getOpenAPIV3Schema());
  }

  private static void collect(
      JSONSchemaProps wanted, Optional<JSONSchemaProps> found, String path, List<String> missing) {
    Optional.ofNullable(wanted.getProperties())
        .orElse(Map.of())
        .forEach(
            (name, schema) -> {
              var field = path.isEmpty() ? name : path + "." + name;
              var known =
                  found.map(JSONSchemaProps::getProperties).map(properties -> properties.get(name));
              if (known.isEmpty()) {
                missing.add(field);
              } else {
                collect(schema, known, field, missing);
              }
            });
    // Within the elements of a list, and the values of a map.
    nested(wanted)
        .ifPresent(
            schema -> collect(schema, found.flatMap(InstalledCrd::nested), path + "[]", missing));
  }

  private static Optional<JSONSchemaProps> nested(JSONSchemaProps schema) {
    return Optional.ofNullable(schema.getItems())
        .map(JSONSchemaPropsOrArray::getSchema)
        .or(
            () ->
                Optional.ofNullable(schema.getAdditionalProperties())
                    .map(JSONSchemaPropsOrBool::getSchema));
  }

  @Override
  public void start() {
    super.start();
    try {
      informer =
          client
              .apiextensions()
              .v1()
              .customResourceDefinitions()
              .withName(VotingAppCrd.NAME)
              .runnableInformer(0);
      informer.addEventHandler(new AnyChange<>(this::compare));
      Informers.run(informer);
    } catch (KubernetesClientException e) {
      LOG.warn("whether the VotingApp's definition is up to date is not known: {}", e.getMessage());
    }
  }

  @Override
  public void stop() {
    if (informer != null) {
      informer.stop();
    }
    super.stop();
  }

  /** Where it is deleted, all VotingApps go with it, and their own watch reports that. */
  private void compare(CustomResourceDefinition crd) {
    var ours = VotingAppCrd.read();
    var lacking = missing(ours, crd);
    var beyond = missing(crd, ours);
    if (!lacking.equals(missing) || !beyond.equals(unknown)) {
      missing = lacking;
      unknown = beyond;
      apps.get().forEach(app -> wake(app.name()));
    }
  }
}
