package dev.voting.servers.kubernetes.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What clients ask to learn what the server can do: versions, groups, kinds and schemas. */
final class Discovery {

  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  private final ResourceTypes types;
  private final OpenApi openApi;

  Discovery(ResourceTypes types) {
    this.types = types;
    this.openApi = new OpenApi(types);
  }

  /** The answer, or empty when the path is none of these. */
  Optional<Reply> answer(List<String> path, Request request) {
    if (path.isEmpty()) {
      return Optional.of(Reply.json(200, Json.object().set("paths", Json.array())));
    }
    return switch (path.getFirst()) {
      case "version" -> Optional.of(Reply.json(200, version()));
      case "healthz", "readyz", "livez" -> Optional.of(Reply.text("ok"));
      case "openapi" -> Optional.of(openApi.answer(path, request));
      case "api" -> core(path);
      case "apis" -> groups(path);
      default -> Optional.empty();
    };
  }

  private static ObjectNode version() {
    return Json.object()
        .put("major", "1")
        .put("minor", "36")
        .put("gitVersion", "v1.36.0-in-memory")
        .put("gitCommit", "")
        .put("gitTreeState", "clean")
        .put("buildDate", "2026-01-01T00:00:00Z")
        .put("goVersion", "")
        .put("compiler", "")
        .put("platform", "java");
  }

  private Optional<Reply> core(List<String> path) {
    return switch (path.size()) {
      case 1 -> {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        yield Optional.of(Reply.json(200, versions));
      }
      case 2 -> Optional.of(resources("", path.get(1)));
      default -> Optional.empty();
    };
  }

  private Optional<Reply> groups(List<String> path) {
    return switch (path.size()) {
      case 1 -> Optional.of(Reply.json(200, groupList()));
      case 2 ->
          Optional.of(
              Reply.json(
                  200,
                  Optional.ofNullable(groups().get(path.get(1)))
                      .orElseThrow(ApiException::noSuchPath)
                      .put("kind", "APIGroup")
                      .put("apiVersion", "v1")));
      case 3 -> Optional.of(resources(path.get(1), path.get(2)));
      default -> Optional.empty();
    };
  }

  private ObjectNode groupList() {
    ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode array = list.putArray("groups");
    groups().values().forEach(array::add);
    return list;
  }

  private Map<String, ObjectNode> groups() {
    Map<String, TreeSet<String>> versions = new LinkedHashMap<>();
    types.all().stream()
        .filter(type -> !type.group().isEmpty())
        .forEach(
            type ->
                versions.computeIfAbsent(type.group(), g -> new TreeSet<>()).add(type.version()));
    Map<String, ObjectNode> groups = new LinkedHashMap<>();
    versions.forEach(
        (name, all) -> {
          ObjectNode group = Json.object().put("name", name);
          ArrayNode array = group.putArray("versions");
          all.descendingSet().forEach(version -> array.add(groupVersion(name, version)));
          group.set("preferredVersion", groupVersion(name, all.last()));
          groups.put(name, group);
        });
    return groups;
  }

  private static ObjectNode groupVersion(String group, String version) {
    return Json.object().put("groupVersion", group + "/" + version).put("version", version);
  }

  private Reply resources(String group, String version) {
    ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
    list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    ArrayNode resources = list.putArray("resources");
    types.all().stream()
        .filter(type -> type.group().equals(group) && type.version().equals(version))
        .forEach(type -> describe(resources, type));
    if (resources.isEmpty()) {
      throw ApiException.noSuchPath();
    }
    return Reply.json(200, list);
  }

  private static void describe(ArrayNode resources, ResourceType type) {
    ObjectNode resource = entry(resources, type, type.plural(), VERBS);
    resource.put("singularName", type.singular());
    type.shortNames().forEach(name -> resource.withArray("shortNames").add(name));
    type.categories().forEach(name -> resource.withArray("categories").add(name));
    if (type.hasStatus()) {
      entry(resources, type, type.plural() + "/status", List.of("get", "patch", "update"));
    }
    if (type.hasScale()) {
      entry(resources, type, type.plural() + "/scale", List.of("get", "patch", "update"))
          .put("group", "autoscaling")
          .put("version", "v1")
          .put("kind", "Scale");
    }
    if (type.is("", "pods")) {
      entry(resources, type, "pods/log", List.of("get"));
    }
  }

  private static ObjectNode entry(
      ArrayNode resources, ResourceType type, String name, List<String> verbs) {
    ObjectNode resource = resources.addObject().put("name", name).put("singularName", "");
    resource.put("namespaced", type.namespaced()).put("kind", type.kind());
    ArrayNode array = resource.putArray("verbs");
    verbs.forEach(array::add);
    return resource;
  }
}
