package dev.voting.servers.kubernetes.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.wire.ApiException.Cause;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an object of one of Kubernetes' own kinds must fulfil: a name, the fields that its schema
 * requires, and selectors that select. Not all that a real server checks, but where a controller is
 * likely to err.
 */
public final class Rules {

  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_LABEL = 63;
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");

  private Rules() {}

  public static List<Cause> check(ResourceType type, ObjectNode object) {
    List<Cause> causes = new ArrayList<>();
    name(causes, type, Json.text(object, "metadata", "name"));
    labels(causes, object);
    owners(causes, object);
    if (!type.isCustom()) {
      Schema spec = type.schema().field("spec");
      if (spec != null && object.has("spec")) {
        required(causes, object.get("spec"), spec, "spec");
      }
      if (type.group().equals("apps")) {
        selector(causes, object);
      }
      PodRules.check(causes, type, object);
    }
    return causes;
  }

  private static void name(List<Cause> causes, ResourceType type, String name) {
    boolean label = type.isNamespace() || type.is("", "services");
    boolean free = type.group().equals("rbac.authorization.k8s.io");
    if (free) {
      return;
    }
    if (name.length() > (label ? LONGEST_LABEL : LONGEST_NAME)
        || !(label ? LABEL : SUBDOMAIN).matcher(name).matches()) {
      causes.add(
          new Cause(
              "metadata.name",
              "FieldValueInvalid",
              "Invalid value: \""
                  + name
                  + "\": a lowercase RFC 1123 "
                  + (label ? "label" : "subdomain")
                  + " must consist of lower case alphanumeric characters, '-'"
                  + (label ? "" : " or '.'")
                  + ", and must start and end with an alphanumeric character, no more than "
                  + (label ? LONGEST_LABEL : LONGEST_NAME)
                  + " of them"));
    }
  }

  private static void labels(List<Cause> causes, ObjectNode object) {
    Json.at(object, "metadata", "labels")
        .properties()
        .forEach(
            label -> {
              String value = label.getValue().asText();
              if (value.length() > LONGEST_LABEL || !LABEL_VALUE.matcher(value).matches()) {
                causes.add(
                    new Cause(
                        "metadata.labels",
                        "FieldValueInvalid",
                        "Invalid value: \""
                            + value
                            + "\": a valid label must be an empty string or consist of at most"
                            + " 63 alphanumeric characters, '-', '_' or '.', and must start and"
                            + " end with an alphanumeric character"));
              }
            });
  }

  private static void owners(List<Cause> causes, ObjectNode object) {
    JsonNode owners = Json.at(object, "metadata", "ownerReferences");
    int controllers = 0;
    for (int i = 0; i < owners.size(); i++) {
      for (String field : List.of("apiVersion", "kind", "name", "uid")) {
        if (Json.text(owners.get(i), field).isEmpty()) {
          causes.add(
              new Cause(
                  "metadata.ownerReferences[" + i + "]." + field,
                  "FieldValueInvalid",
                  "Invalid value: \"\": must not be empty"));
        }
      }
      controllers += owners.get(i).path("controller").asBoolean(false) ? 1 : 0;
    }
    if (controllers > 1) {
      causes.add(
          new Cause(
              "metadata.ownerReferences",
              "FieldValueInvalid",
              "Invalid value: only one reference can have Controller set to true"));
    }
  }

  private static void required(List<Cause> causes, JsonNode value, Schema schema, String path) {
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        required(causes, value.get(i), schema.items(), path + "[" + i + "]");
      }
      return;
    }
    if (!value.isObject()) {
      return;
    }
    for (JsonNode name : schema.node().path("required")) {
      if (!value.has(name.asText())) {
        causes.add(new Cause(path + "." + name.asText(), "FieldValueRequired", "Required value"));
      }
    }
    value
        .properties()
        .forEach(
            field ->
                required(
                    causes,
                    field.getValue(),
                    schema.fieldOrAny(field.getKey()),
                    path + "." + field.getKey()));
  }

  private static void selector(List<Cause> causes, ObjectNode object) {
    JsonNode labels = Json.at(object, "spec", "template", "metadata", "labels");
    boolean selected =
        Json.at(object, "spec", "selector", "matchLabels").properties().stream()
            .allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
    if (!selected) {
      causes.add(
          new Cause(
              "spec.template.metadata.labels",
              "FieldValueInvalid",
              "Invalid value: " + labels + ": `selector` does not match template `labels`"));
    }
  }
}
