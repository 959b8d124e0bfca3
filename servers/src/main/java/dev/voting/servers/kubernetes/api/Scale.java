package dev.voting.servers.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.apply.Patches;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import dev.voting.servers.kubernetes.write.Target;
import dev.voting.servers.kubernetes.write.Writes;
import java.util.Map;
import java.util.stream.Collectors;

/** The {@code /scale} subresource: the replicas of a workload, whatever its kind. */
final class Scale {

  private Scale() {}

  static Reply answer(Target target, Request request, Store store, Writes writes) {
    StoredObject object =
        store
            .get(target.type(), target.namespace(), target.name())
            .orElseThrow(() -> ApiException.notFound(target.type(), target.name()));
    ObjectNode scale = scaleOf(object);
    ObjectNode wanted =
        switch (request.method()) {
          case "GET" -> null;
          case "PUT" -> Json.parseObject(request.body());
          case "PATCH" -> patched(scale, request, target.type());
          default -> throw ApiException.methodNotAllowed();
        };
    if (wanted == null) {
      return Reply.json(200, scale);
    }
    ObjectNode change = Json.object();
    String version = Json.text(wanted, "metadata", "resourceVersion");
    if (!version.isEmpty()) {
      change.putObject("metadata").put("resourceVersion", version);
    }
    change.putObject("spec").put("replicas", Json.at(wanted, "spec", "replicas").asInt(0));
    Request patch =
        new Request(
            "PATCH",
            request.path(),
            request.rawQuery(),
            request.query(),
            Map.of(
                "content-type",
                "application/merge-patch+json",
                "user-agent",
                request.header("user-agent")),
            Json.bytes(change));
    // The field belongs to who scaled it, through this subresource.
    Target whole = new Target(target.type(), target.namespace(), target.name(), "scale");
    return Reply.json(200, scaleOf(writes.patch(whole, patch).object()));
  }

  private static ObjectNode patched(ObjectNode scale, Request request, ResourceType type) {
    String kind = request.header("content-type");
    // A Scale is flat, so that a strategic merge is a merge.
    return Patches.apply(
        scale, request.body(), kind.replace("strategic-merge-patch", "merge-patch"), type);
  }

  private static ObjectNode scaleOf(StoredObject object) {
    ObjectNode scale = Json.object();
    scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    ObjectNode metadata = scale.putObject("metadata");
    for (String field :
        new String[] {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
      if (object.metadata().has(field)) {
        metadata.set(field, object.metadata().get(field));
      }
    }
    JsonNode tree = object.tree();
    scale.putObject("spec").put("replicas", Json.at(tree, "spec", "replicas").asInt(0));
    String selector =
        Json.at(tree, "spec", "selector", "matchLabels").properties().stream()
            .map(label -> label.getKey() + "=" + label.getValue().asText())
            .collect(Collectors.joining(","));
    ObjectNode status = scale.putObject("status");
    status.put("replicas", Json.at(tree, "status", "replicas").asInt(0));
    status.put("selector", selector);
    return scale;
  }
}
