package dev.voting.servers.kubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.validation.CrdValidator;
import dev.voting.servers.kubernetes.schema.ResourceType.CustomKind;
import dev.voting.servers.kubernetes.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Every kind of object that the server knows: the built-in ones, and those that CRDs add. */
public final class ResourceTypes {

  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

  private final JsonNode definitions;
  private final AtomicLong generation = new AtomicLong();
  private final Map<String, ResourceType> byPath = new ConcurrentSkipListMap<>();

  public ResourceTypes() {
    JsonNode file = read("builtin-types.json");
    definitions = file.get("schemas");
    file.get("resources").forEach(this::addBuiltIn);
  }

  private static JsonNode read(String resource) {
    try (var in = ResourceTypes.class.getResourceAsStream(resource)) {
      return Json.parse(Objects.requireNonNull(in, resource).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void addBuiltIn(JsonNode entry) {
    String groupVersion = entry.get("groupVersion").asText();
    int slash = groupVersion.indexOf('/');
    add(
        new ResourceType(
            slash < 0 ? "" : groupVersion.substring(0, slash),
            groupVersion.substring(slash + 1),
            entry.get("name").asText(),
            entry.get("singularName").asText(),
            entry.get("kind").asText(),
            entry.get("namespaced").asBoolean(),
            texts(entry.path("shortNames")),
            texts(entry.path("categories")),
            texts(entry.path("subresources")),
            new Schema(reference(entry.get("schema").asText()), definitions),
            null));
  }

  private static ObjectNode reference(String definition) {
    return Json.object().put("$ref", definition);
  }

  private Schema meta(String name) {
    return new Schema(reference(META + name), definitions);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return List.copyOf(texts);
  }

  private void add(ResourceType type) {
    byPath.put(path(type.group(), type.version(), type.plural()), type);
    generation.incrementAndGet();
  }

  private static String path(String group, String version, String plural) {
    return group + "/" + version + "/" + plural;
  }

  /** Changes whenever the kinds change, so that clients know when to read them again. */
  public long generation() {
    return generation.get();
  }

  /** Takes up the kinds of a CustomResourceDefinition, in place of what it defined before. */
  public void define(JsonNode crd) {
    undefine(crd);
    JsonNode spec = crd.get("spec");
    JsonNode names = spec.get("names");
    for (JsonNode version : spec.get("versions")) {
      if (!version.path("served").asBoolean(true)) {
        continue;
      }
      JsonNode schema = version.path("schema").path("openAPIV3Schema");
      List<String> subresources = new ArrayList<>();
      version.path("subresources").fieldNames().forEachRemaining(subresources::add);
      add(
          new ResourceType(
              spec.get("group").asText(),
              version.get("name").asText(),
              names.get("plural").asText(),
              names.path("singular").asText(names.get("kind").asText().toLowerCase()),
              names.get("kind").asText(),
              spec.get("scope").asText().equals("Namespaced"),
              texts(names.path("shortNames")),
              texts(names.path("categories")),
              List.copyOf(subresources),
              new Schema(
                  schema,
                  definitions,
                  Map.of(
                      "metadata",
                      meta("ObjectMeta"),
                      "apiVersion",
                      new Schema(Json.object().put("type", "string"), definitions),
                      "kind",
                      new Schema(Json.object().put("type", "string"), definitions))),
              new CustomKind(new CrdValidator(schema), version.path("additionalPrinterColumns"))));
    }
  }

  /** Forgets the kinds of a CustomResourceDefinition. */
  public void undefine(JsonNode crd) {
    String group = Json.text(crd, "spec", "group");
    String plural = Json.text(crd, "spec", "names", "plural");
    byPath.values().removeIf(type -> type.isCustom() && type.is(group, plural));
  }

  public Optional<ResourceType> find(String group, String version, String plural) {
    return Optional.ofNullable(byPath.get(path(group, version, plural)));
  }

  public Optional<ResourceType> byKind(String apiVersion, String kind) {
    return all().stream()
        .filter(type -> type.apiVersion().equals(apiVersion) && type.kind().equals(kind))
        .findFirst();
  }

  public Collection<ResourceType> all() {
    return byPath.values();
  }

  public JsonNode definitions() {
    return definitions;
  }
}
