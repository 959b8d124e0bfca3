package dev.voting.operator.reconcile;

import dev.voting.operator.status.DataPresence;
import dev.voting.operator.status.diagnosis.Grace;
import dev.voting.operator.status.diagnosis.PodEvents;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import dev.voting.operator.watch.RefusedPods;
import java.time.Clock;

/** Looks for pods that are missing or overdue, and what was said of them. */
record ObservePods(RefusedPods refusedPods, PodEvents events, Clock clock) implements Step {

  @Override
  public Plan run(Plan plan) {
    var now = clock.instant();
    var refused = refusedPods.look(plan.blueprint(), plan.observed());
    return plan.lookAgain(refused.next())
        .lookAgain(Grace.next(plan.observed(), now))
        .lookAgain(DataPresence.next(plan.app(), plan.observed(), now))
        .withPods(refused.byComponent(), events.look(plan.observed()));
  }
}
