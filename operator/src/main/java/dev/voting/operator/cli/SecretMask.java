package dev.voting.operator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Hides what Secrets hold, and still shows which keys differ. */
final class SecretMask {

  private static final String MASK = "***";
  private static final List<String> CONTENTS = List.of("data", "stringData");

  private SecretMask() {}

  /** Masks both forms of a Secret, in place. */
  static void mask(Optional<ObjectNode> before, Optional<ObjectNode> after) {
    for (var contents : CONTENTS) {
      var old = contents(before, contents);
      var wanted = contents(after, contents);
      var keys = new ArrayList<String>();
      old.ifPresent(node -> node.fieldNames().forEachRemaining(keys::add));
      wanted.ifPresent(node -> node.fieldNames().forEachRemaining(keys::add));
      keys.stream().distinct().forEach(key -> mask(key, old, wanted));
    }
  }

  private static void mask(String key, Optional<ObjectNode> old, Optional<ObjectNode> wanted) {
    var before = old.map(node -> node.get(key));
    var after = wanted.map(node -> node.get(key));
    var differ = before.isPresent() && after.isPresent() && !Objects.equals(before, after);
    before.ifPresent(_ -> old.orElseThrow().put(key, differ ? MASK + " (before)" : MASK));
    after.ifPresent(_ -> wanted.orElseThrow().put(key, differ ? MASK + " (after)" : MASK));
  }

  private static Optional<ObjectNode> contents(Optional<ObjectNode> secret, String name) {
    return secret.<JsonNode>map(node -> node.get(name)).map(ObjectNode.class::cast);
  }
}
