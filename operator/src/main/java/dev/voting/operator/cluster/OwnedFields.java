package dev.voting.operator.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;

/**
 * The part of an object that the operator applied, by what the API server recorded in {@code
 * metadata.managedFields}. A digest of it changes when someone takes one of our fields or changes
 * its value, and does not when others set fields of their own.
 */
public final class OwnedFields {

  /** In the place of a field set: the digest that it gave, with the object as it was then. */
  public static final String DIGEST = "digest";

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private OwnedFields() {}

  /**
   * Digests what the operator owns of an object.
   *
   * @return empty when the operator has never applied it
   */
  public static Optional<String> digest(HasMetadata object) {
    return object.getMetadata().getManagedFields().stream()
        .filter(OwnedFields::isOurs)
        .findFirst()
        .map(ManagedFieldsEntry::getFieldsV1)
        .map(fields -> digest(object, fields));
  }

  /** Whether a field set is of what the operator applied. */
  public static boolean isOurs(ManagedFieldsEntry entry) {
    return Names.OPERATOR.equals(entry.getManager())
        && "Apply".equals(entry.getOperation())
        && entry.getSubresource() == null;
  }

  /** Whether the replicas are the operator's field, by what the API server recorded. */
  public static boolean haveReplicas(HasMetadata actual) {
    return actual.getMetadata().getManagedFields().stream()
        .filter(entry -> Names.OPERATOR.equals(entry.getManager()))
        .map(entry -> SERIALIZATION.convertValue(entry.getFieldsV1(), JsonNode.class))
        .anyMatch(fields -> fields.path("f:spec").has("f:replicas"));
  }

  private static String digest(HasMetadata object, FieldsV1 fields) {
    if (fields.getAdditionalProperties().get(DIGEST) instanceof String known) {
      return known;
    }
    var owned =
        select(
            SERIALIZATION.convertValue(object, JsonNode.class),
            SERIALIZATION.convertValue(fields, JsonNode.class));
    return Checksum.of(object.getMetadata().getUid() + owned);
  }

  /**
   * Selects what a field set names.
   *
   * @param value the object or a part of it
   * @param fields the field set in the form {@code FieldsV1}: {@code f:} before the name of a
   *     field, {@code k:} before the keys of a list's element, {@code v:} before a set's value
   */
  private static JsonNode select(JsonNode value, JsonNode fields) {
    if (fields.isEmpty()) {
      return value;
    }
    if (value.isArray()) {
      var selected = JsonNodeFactory.instance.arrayNode();
      fields
          .properties()
          .forEach(
              field ->
                  element(value, field.getKey())
                      .ifPresent(found -> selected.add(select(found, field.getValue()))));
      return selected;
    }
    var selected = JsonNodeFactory.instance.objectNode();
    fields
        .properties()
        .forEach(
            field -> {
              var name = field.getKey().startsWith("f:") ? field.getKey().substring(2) : null;
              if (name != null && value.has(name)) {
                selected.set(name, select(value.get(name), field.getValue()));
              }
            });
    return selected;
  }

  private static Optional<JsonNode> element(JsonNode list, String path) {
    if (path.equals(".")) {
      return Optional.empty();
    }
    var wanted = SERIALIZATION.unmarshal(path.substring(2), JsonNode.class);
    for (var element : list) {
      var matches =
          switch (path.charAt(0)) {
            case 'k' ->
                wanted.properties().stream()
                    .allMatch(key -> key.getValue().equals(element.get(key.getKey())));
            case 'v' -> element.equals(wanted);
            default -> false;
          };
      if (matches) {
        return Optional.of(element);
      }
    }
    return Optional.empty();
  }
}
