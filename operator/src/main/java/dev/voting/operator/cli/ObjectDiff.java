package dev.voting.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Two forms of an object, compared as text that a person can read. */
final class ObjectDiff {

  private static final int CONTEXT = 3;
  private static final String NOTHING = "/dev/null";

  /** What the server writes for itself, and what repeats the rest. */
  private static final List<String> NOISE =
      List.of("managedFields", "resourceVersion", "uid", "generation", "creationTimestamp");

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private final boolean showSecrets;

  /**
   * @param showSecrets whether what Secrets hold is shown as it is
   */
  ObjectDiff(boolean showSecrets) {
    this.showSecrets = showSecrets;
  }

  /**
   * Compares.
   *
   * @param before empty when the object is made
   * @param after empty when it is deleted
   * @return a unified diff; empty when nothing differs
   */
  Optional<String> of(Optional<HasMetadata> before, Optional<HasMetadata> after) {
    var old = before.map(ObjectDiff::tree);
    var wanted = after.map(ObjectDiff::tree);
    if (!showSecrets && before.or(() -> after).orElseThrow() instanceof Secret) {
      SecretMask.mask(old, wanted);
    }
    var lines = lines(old);
    var differences = DiffUtils.diff(lines, lines(wanted));
    if (differences.getDeltas().isEmpty()) {
      return Optional.empty();
    }
    var unified =
        UnifiedDiffUtils.generateUnifiedDiff(
            before.map(object -> name("live", object)).orElse(NOTHING),
            after.map(object -> name("merged", object)).orElse(NOTHING),
            lines,
            differences,
            CONTEXT);
    return Optional.of(
        unified.stream()
            .map(ObjectDiff::withoutLineOfNothing)
            .collect(Collectors.joining("\n", "", "\n")));
  }

  /** Where there are no lines, the convention is to count from 0. */
  private static String withoutLineOfNothing(String line) {
    return line.startsWith("@@ ") ? line.replace("1,0 ", "0,0 ") : line;
  }

  /** Such as {@code live/Deployment/voting-api/api}. */
  private static String name(String side, HasMetadata object) {
    var metadata = object.getMetadata();
    return metadata.getNamespace() == null
        ? "%s/%s/%s".formatted(side, object.getKind(), metadata.getName())
        : "%s/%s/%s/%s"
            .formatted(side, object.getKind(), metadata.getNamespace(), metadata.getName());
  }

  private static ObjectNode tree(HasMetadata object) {
    var tree = SERIALIZATION.convertValue(object, ObjectNode.class);
    tree.remove("status");
    if (tree.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove(NOISE);
      if (metadata.get("annotations") instanceof ObjectNode annotations) {
        annotations.remove(LAST_APPLIED);
        if (annotations.isEmpty()) {
          metadata.remove("annotations");
        }
      }
    }
    return tree;
  }

  private static List<String> lines(Optional<ObjectNode> tree) {
    return tree.map(ObjectDiff::yaml).map(yaml -> yaml.lines().toList()).orElse(List.of());
  }

  private static String yaml(ObjectNode tree) {
    try {
      // Through a map, whose entries are sorted; those of a tree are not.
      return YAML.writeValueAsString(YAML.convertValue(tree, Object.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an object has no YAML", e);
    }
  }
}
