package dev.voting.crd;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a VotingApp whatever is in it. One value that is not understood would otherwise end the
 * list or the watch that it came with, and so concern every VotingApp of the cluster.
 */
final class VotingAppDeserializer extends JsonDeserializer<VotingApp> {

  /** A value of any size may stand in a field of another type than ours. */
  private static final int LONGEST_VALUE = 100;

  @Override
  public VotingApp deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode tree = context.readTree(parser);
    VotingApp app = new VotingApp();
    if (tree.hasNonNull("metadata")) {
      app.setMetadata(context.readTreeAsValue(tree.get("metadata"), ObjectMeta.class));
    }
    if (tree.hasNonNull("spec")) {
      List<UnreadableField> unreadable = new ArrayList<>();
      app.setSpec(
          read(tree, "spec", VotingAppSpec.class, context, unreadable)
              .orElse(VotingAppSpec.DEFAULTS));
      app.unreadable(unreadable);
    }
    if (tree.hasNonNull("status")) {
      // The operator writes it anyway, without what it does not understand.
      app.setStatus(
          read(tree, "status", VotingAppStatus.class, context, new ArrayList<>()).orElse(null));
    }
    return app;
  }

  /** Reads a part of the tree, without the fields that cannot be read. */
  private static <T> Optional<T> read(
      JsonNode tree,
      String part,
      Class<T> type,
      DeserializationContext context,
      List<UnreadableField> unreadable)
      throws IOException {
    JsonNode rest = tree.get(part).deepCopy();
    while (true) {
      try {
        return Optional.ofNullable(context.readTreeAsValue(rest, type));
      } catch (JsonMappingException e) {
        List<JsonMappingException.Reference> path = e.getPath();
        JsonNode value = find(rest, path, path.size());
        unreadable.add(unreadable(part, path, value.isMissingNode() ? rest : value));
        if (!remove(rest, path)) {
          return Optional.empty();
        }
      }
    }
  }

  /** Whether there is now less in the tree than before. */
  private static boolean remove(JsonNode tree, List<JsonMappingException.Reference> path) {
    if (path.isEmpty()) {
      return false;
    }
    JsonMappingException.Reference last = path.get(path.size() - 1);
    JsonNode parent = find(tree, path, path.size() - 1);
    if (parent instanceof ObjectNode object && last.getFieldName() != null) {
      return object.remove(last.getFieldName()) != null;
    }
    return parent instanceof ArrayNode array && array.remove(last.getIndex()) != null;
  }

  private static JsonNode find(
      JsonNode tree, List<JsonMappingException.Reference> path, int length) {
    JsonNode found = tree;
    for (JsonMappingException.Reference step : path.subList(0, length)) {
      found =
          step.getFieldName() != null
              ? found.path(step.getFieldName())
              : found.path(step.getIndex());
    }
    return found;
  }

  private static UnreadableField unreadable(
      String part, List<JsonMappingException.Reference> path, JsonNode value) {
    StringBuilder field = new StringBuilder(part);
    Optional<JSONSchemaProps> schema = schema().map(root -> root.getProperties().get(part));
    for (JsonMappingException.Reference step : path) {
      if (step.getFieldName() != null) {
        field.append('.').append(step.getFieldName());
        schema =
            schema.map(JSONSchemaProps::getProperties).map(all -> all.get(step.getFieldName()));
      } else {
        field.append('[').append(step.getIndex()).append(']');
        schema = schema.map(JSONSchemaProps::getItems).map(items -> items.getSchema());
      }
    }
    String text = value.isTextual() ? value.textValue() : value.toString();
    return new UnreadableField(
        field.toString(),
        text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "…" : text,
        schema
            .map(JSONSchemaProps::getEnum)
            .map(values -> values.stream().map(JsonNode::asText).toList())
            .orElse(List.of()));
  }

  /** Of this version's own definition. */
  private static Optional<JSONSchemaProps> schema() {
    return VotingAppCrd.read().getSpec().getVersions().stream()
        .filter(version -> version.getName().equals(VotingApp.VERSION))
        .findFirst()
        .map(version -> version.getSchema().getOpenAPIV3Schema());
  }
}
