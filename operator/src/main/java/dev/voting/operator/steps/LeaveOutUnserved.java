package dev.voting.operator.steps;

import dev.voting.operator.watch.OptionalKinds;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Leaves out what this cluster has no place for. */
public record LeaveOutUnserved(Predicate<HasMetadata> isServed) implements Step {

  @Override
  public Plan run(Plan plan) {
    var homeless = plan.applicable().objects().filter(isServed.negate()).toList();
    return homeless.isEmpty()
        ? plan
        : plan.block(List.of(OptionalKinds.notServed(homeless)))
            .withApplicable(plan.applicable().map(object -> Optional.of(object).filter(isServed)));
  }
}
