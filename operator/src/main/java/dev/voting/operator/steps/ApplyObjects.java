package dev.voting.operator.steps;

import dev.voting.operator.apply.Applier;
import dev.voting.operator.blueprint.Stage;
import dev.voting.operator.cluster.Finding;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Applies what can be applied, once all that it needs is there. */
public record ApplyObjects(Applier applier, Predicate<HasMetadata> isServed) implements Step {

  @Override
  public Plan run(Plan plan) {
    var app = plan.app().name();
    var outcome = applier.apply(app, plan.applicable().dependent(), plan.observed());
    return plan.fail(outcome.problems())
        .withApplied(applier.newest(app, plan.observed()), outcome.refused());
  }

  /**
   * Applies a stage that others need.
   *
   * @return what was refused
   */
  List<Finding> stage(Plan plan, Stage.Name name) {
    var stage = plan.blueprint().only(name).map(object -> Optional.of(object).filter(isServed));
    return applier.apply(plan.app().name(), stage, plan.observed()).problems();
  }
}
