package dev.voting.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Generates the CRD from the records, and puts into it what annotations cannot say: the records'
 * own defaults, what a quantity looks like, that conditions are keyed by their type, and the order
 * of the columns.
 */
final class CrdFile {

  static final Path COMMITTED = Path.of("votingapps.voting.dev.yaml");

  /** Those after the age are shown with {@code -o wide}. */
  private static final List<String> COLUMNS =
      List.of(
          "Ready",
          "Reason",
          "URL",
          "Poll",
          "Closes",
          "Version",
          "Age",
          "Postgres",
          "Redis",
          "API",
          "Consumer",
          "Frontend",
          "Deletion",
          "Message");

  private static final String QUANTITY =
      "^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?[0-9]+))?$";

  private CrdFile() {}

  static String generate() throws IOException {
    var folder = Files.createTempDirectory("crd");
    new CRDGenerator()
        .customResourceClasses(VotingApp.class)
        .withPostProcessor(new Finish())
        .inOutputDir(folder.toFile())
        .detailedGenerate();
    var file = folder.resolve("votingapps.voting.dev-v1.yml");
    var yaml = Files.readString(file);
    Files.delete(file);
    Files.delete(folder);
    return "# Generated from the records in src/main/java/dev/voting/crd, by\n"
        + "#   mvn -pl crd test -Dcrd.write -Dtest=CrdFileTest\n"
        + yaml.substring(yaml.indexOf("apiVersion:"));
  }

  private static final class Finish implements CRDPostProcessor {
    @Override
    public HasMetadata process(HasMetadata generated, String crdSpecVersion) {
      var crd = (CustomResourceDefinition) generated;
      var version = crd.getSpec().getVersions().get(0);
      version
          .getAdditionalPrinterColumns()
          .sort(
              Comparator.comparing(
                  (CustomResourceColumnDefinition column) -> COLUMNS.indexOf(column.getName())));
      var root = version.getSchema().getOpenAPIV3Schema();
      var spec = root.getProperties().get("spec");
      root.setDescription(
          "A complete voting system: a web page, an API, a consumer, PostgreSQL and Redis, in four"
              + " namespaces that its name prefixes.");
      spec.setDescription("What is wanted. Every field has a default.");
      property(root, "status").setDescription("What the operator has found, and when.");
      quantities(spec);
      defaults(spec, tree(VotingAppSpec.DEFAULTS));
      // Autoscaling has no default as a whole, so the walk above does not come there.
      for (var component : List.of("frontend", "api")) {
        var autoscaling = property(spec, component, "autoscaling");
        defaults(autoscaling, tree(new AutoscalingSpec(null, null, null)));
        autoscaling.setDefault(null);
      }
      var poll = property(spec, "poll");
      defaults(poll, tree(new PollSpec(null, null, null, null, null, null, null, null, null)));
      poll.setDefault(null);
      var options = property(poll, "options");
      options.setXKubernetesListType("map");
      options.setXKubernetesListMapKeys(List.of("key"));
      property(options.getItems().getSchema(), "retired").setDefault(BooleanNode.FALSE);
      property(spec, "api", "corsOrigins").getItems().getSchema().setMaxLength(300L);
      property(spec, "exposure", "trustedProxies").getItems().getSchema().setMaxLength(50L);
      var annotation = valueOf(property(spec, "exposure", "annotations"));
      annotation.setMaxLength(2048L);
      annotation.setPattern(Patterns.ONE_LINE);
      for (var peers : List.of("ingressPeers", "dns")) {
        var peer = property(spec, "networkPolicies", peers).getItems().getSchema();
        for (var labels : List.of("namespaceLabels", "podLabels")) {
          var label = valueOf(property(peer, labels));
          label.setMaxLength(63L);
          label.setPattern(Patterns.LABEL_VALUE);
        }
      }
      var conditions = property(root, "status", "conditions");
      conditions.setXKubernetesListType("map");
      conditions.setXKubernetesListMapKeys(List.of("type"));
      conditions.getItems().getSchema().setRequired(List.of("type", "status"));
      return crd;
    }
  }

  private static JSONSchemaProps property(JSONSchemaProps schema, String... path) {
    for (var name : path) {
      schema = schema.getProperties().get(name);
    }
    return schema;
  }

  private static JSONSchemaProps valueOf(JSONSchemaProps map) {
    return map.getAdditionalProperties().getSchema();
  }

  private static JsonNode tree(Object value) {
    return new KubernetesSerialization().convertValue(value, JsonNode.class);
  }

  private static void quantities(JSONSchemaProps schema) {
    if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
      schema.setPattern(QUANTITY);
      schema.setMaxLength(32L);
      // A number without quotes is no text for the pattern to validate.
      schema.setMinimum(0.0);
    }
    schema.getProperties().values().forEach(CrdFile::quantities);
  }

  /**
   * A default for each field, and the whole of it for each object: the API server validates an
   * object's default by the object's rules before it fills in any field. Resources have none here:
   * once filled in, a default would stay beside what a user gives later, and they are given as a
   * whole.
   */
  private static void defaults(JSONSchemaProps schema, JsonNode byDefault) {
    if (byDefault instanceof ObjectNode object) {
      object.remove("resources");
      object
          .properties()
          .forEach(field -> defaults(property(schema, field.getKey()), field.getValue()));
    }
    if (!byDefault.isContainerNode() || !byDefault.isEmpty()) {
      schema.setDefault(byDefault);
    }
  }
}
