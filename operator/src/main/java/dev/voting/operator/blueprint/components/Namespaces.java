package dev.voting.operator.blueprint.components;

import static java.util.stream.Collectors.toMap;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The four namespaces. Pod Security "restricted" is enforced in each. */
final class Namespaces {
  private Namespaces() {}

  static List<HasMetadata> objects(BlueprintContext context) {
    var names = context.names();
    return List.of(
        namespace(context.dataMetadata("data", null, names.dataNamespace())),
        namespace(context.metadata(Names.API, null, names.apiNamespace())),
        namespace(context.metadata(Names.CONSUMER, null, names.consumerNamespace())),
        namespace(context.metadata(Names.FRONTEND, null, names.frontendNamespace())));
  }

  private static HasMetadata namespace(ObjectMeta metadata) {
    metadata
        .getLabels()
        .putAll(
            Stream.of("enforce", "audit", "warn")
                .map("pod-security.kubernetes.io/"::concat)
                .collect(toMap(UnaryOperator.identity(), mode -> "restricted")));
    return new NamespaceBuilder().withMetadata(metadata).build();
  }
}
