package dev.voting.servers.kubernetes.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import java.util.List;

/** The OpenAPI documents, by which kubectl knows how to patch, explain and validate. */
final class OpenApi {

  private static final String REFERENCE = "#/components/schemas/";

  private final ResourceTypes types;

  OpenApi(ResourceTypes types) {
    this.types = types;
  }

  Reply answer(List<String> path, Request request) {
    if (path.size() < 2 || !path.get(1).equals("v3")) {
      // Version 2 is for kubectl older than 1.27, and would have to be protobuf.
      throw ApiException.noSuchPath();
    }
    if (path.size() == 2) {
      return Reply.json(200, index());
    }
    return Reply.json(200, document(String.join("/", path.subList(2, path.size()))));
  }

  private ObjectNode index() {
    ObjectNode index = Json.object();
    ObjectNode paths = index.putObject("paths");
    for (ResourceType type : types.all()) {
      paths
          .putObject(base(type))
          .put("serverRelativeURL", "/openapi/v3/" + base(type) + "?hash=" + types.generation());
    }
    return index;
  }

  private static String base(ResourceType type) {
    return (type.group().isEmpty() ? "api/" : "apis/") + type.apiVersion();
  }

  private ObjectNode document(String groupVersion) {
    ObjectNode document = Json.object().put("openapi", "3.0.0");
    document.putObject("info").put("title", "Kubernetes").put("version", "in memory");
    ObjectNode paths = document.putObject("paths");
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    boolean found = false;
    for (ResourceType type : types.all()) {
      if (base(type).equals(groupVersion)) {
        found = true;
        add(type, paths, schemas);
      }
    }
    if (!found) {
      throw ApiException.noSuchPath();
    }
    return document;
  }

  private void add(ResourceType type, ObjectNode paths, ObjectNode schemas) {
    String name = type.kindAndGroup() + "." + type.version();
    ObjectNode schema = type.schema().node().deepCopy();
    ObjectNode kind = schema.putArray("x-kubernetes-group-version-kind").addObject();
    kind.put("group", type.group()).put("version", type.version()).put("kind", type.kind());
    if (type.isCustom()) {
      Json.make(schema, "properties", "apiVersion").put("type", "string");
      Json.make(schema, "properties", "kind").put("type", "string");
      Json.make(schema, "properties", "metadata")
          .put("$ref", "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    }
    schemas.set(name, schema);
    references(schema, schemas);
    String url =
        "/"
            + base(type)
            + (type.namespaced() ? "/namespaces/{namespace}/" : "/")
            + type.plural()
            + "/{name}";
    for (String verb : List.of("get", "patch", "put", "delete")) {
      ObjectNode operation = Json.make(paths, url, verb);
      ObjectNode acts = operation.putObject("x-kubernetes-group-version-kind");
      acts.put("group", type.group()).put("version", type.version()).put("kind", type.kind());
      var parameters = operation.putArray("parameters");
      parameters.addObject().put("name", "fieldValidation").put("in", "query");
      parameters.addObject().put("name", "dryRun").put("in", "query");
    }
  }

  /** Rewrites references to the form that OpenAPI has, and adds what they refer to. */
  private void references(com.fasterxml.jackson.databind.JsonNode node, ObjectNode schemas) {
    if (node instanceof ObjectNode object && object.path("$ref").isTextual()) {
      String name = object.get("$ref").asText();
      if (!name.startsWith(REFERENCE)) {
        object.put("$ref", REFERENCE + name);
        if (!schemas.has(name)) {
          ObjectNode schema = types.definitions().get(name).deepCopy();
          schemas.set(name, schema);
          references(schema, schemas);
        }
      }
    }
    node.forEach(child -> references(child, schemas));
  }
}
