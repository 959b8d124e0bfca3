package dev.voting.operator.steps;

import dev.voting.operator.apply.Pruner;

/** Deletes what the blueprint holds no longer, once nobody needs it. */
public record PruneObjects(Pruner pruner) implements Step {

  @Override
  public Plan run(Plan plan) {
    return plan.fail(pruner.prune(plan.blueprint(), plan.observed(), plan.refused()));
  }
}
