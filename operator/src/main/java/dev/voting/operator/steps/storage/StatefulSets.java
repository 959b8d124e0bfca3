package dev.voting.operator.steps.storage;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.steps.Plan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The StatefulSets of a plan. */
final class StatefulSets {
  private StatefulSets() {}

  static Stream<StatefulSet> of(Blueprint blueprint) {
    return blueprint.objects().filter(StatefulSet.class::isInstance).map(StatefulSet.class::cast);
  }

  /** A blueprint with other StatefulSets, or without some. */
  static Blueprint map(Blueprint blueprint, Function<StatefulSet, Optional<HasMetadata>> change) {
    return blueprint.map(
        object -> object instanceof StatefulSet set ? change.apply(set) : Optional.of(object));
  }

  /** As long as it is not known what may become of the servers, they stay as they are. */
  static Plan leaveAsTheyAre(Plan plan) {
    return plan.withApplicable(map(plan.applicable(), _ -> Optional.empty()));
  }
}
