package dev.voting.crd.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;

/**
 * Validates custom resources of one version of a CustomResourceDefinition as an API server does: it
 * fills defaults, finds unknown fields, checks the schema and runs the CEL rules. Where the server
 * would leave rules unchecked because the schema is broken already, so does this one.
 *
 * <p>Immutable and safe to share; rules are compiled when first needed.
 */
public final class CrdValidator {

  private final JsonNode schema;
  private final CelRules rules;

  /**
   * A validator by a schema.
   *
   * @param schema the {@code openAPIV3Schema}; not to be changed afterwards
   */
  public CrdValidator(JsonNode schema) {
    this.schema = schema;
    this.rules = new CelRules(schema);
  }

  /**
   * A validator for one version of a CRD.
   *
   * @param crd the definition
   * @param version the name of the version
   * @return the validator
   * @throws IllegalArgumentException when the CRD has no such version
   */
  public static CrdValidator of(CustomResourceDefinition crd, String version) {
    return crd.getSpec().getVersions().stream()
        .filter(candidate -> candidate.getName().equals(version))
        .findFirst()
        .map(found -> found.getSchema().getOpenAPIV3Schema())
        .map(
            found ->
                new CrdValidator(new KubernetesSerialization().convertValue(found, JsonNode.class)))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    crd.getMetadata().getName() + " has no version " + version));
  }

  /**
   * The object as the server keeps it.
   *
   * @param object the object as a person wrote it
   * @return a copy with every default filled in
   */
  public ObjectNode defaulted(ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    fillDefaults(copy);
    return copy;
  }

  /**
   * Fills every default into an object, in place.
   *
   * @param object the object to change
   */
  public void fillDefaults(ObjectNode object) {
    SchemaDefaults.fill(object, schema);
  }

  /**
   * Fields that the schema does not know, which a server drops or, asked to be strict, refuses.
   *
   * @param object the object as a person wrote it
   * @return their paths
   */
  public List<String> unknownFields(ObjectNode object) {
    List<String> unknown = new ArrayList<>();
    UnknownFields.collect(object, schema, "", unknown);
    return unknown;
  }

  /**
   * Validates a new object.
   *
   * @param object the object, with defaults
   * @return what is wrong, all at once; empty when nothing is
   */
  public List<Violation> validate(ObjectNode object) {
    return validate(object, null);
  }

  /**
   * Validates a changed object. What did not change is not validated again, so that a rule that
   * came later does not lock objects that came earlier.
   *
   * @param object the object as it shall be, with defaults
   * @param old the object as it is; null for a new one
   * @return what is wrong, all at once; empty when nothing is
   */
  public List<Violation> validate(ObjectNode object, ObjectNode old) {
    List<Violation> violations = new ArrayList<>();
    new SchemaChecks(violations).check(object, old, schema, "");
    if (violations.isEmpty()) {
      rules.check(object, old, violations);
    } else if (rules.any()) {
      violations.add(
          Violation.invalid(
              "",
              "null: some validation rules were not checked because the object was invalid;"
                  + " correct the existing errors to complete validation"));
    }
    return violations;
  }
}
