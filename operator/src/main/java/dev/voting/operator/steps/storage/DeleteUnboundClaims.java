package dev.voting.operator.steps.storage;

import dev.voting.operator.apply.Writes;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Deletes claims that never got a volume and are not as the spec wants them, for the StatefulSet's
 * controller to make them again. A StatefulSet that is not there waits until they are gone.
 */
public record DeleteUnboundClaims(Writes writes) implements Step {

  @Override
  public Plan run(Plan plan) {
    var failures = new ArrayList<Finding>();
    var applicable =
        StatefulSets.map(
            plan.applicable(), desired -> applicable(desired, plan.observed(), failures));
    return plan.fail(failures).withApplicable(applicable);
  }

  @Override
  public Plan afterFailure(Plan plan) {
    return StatefulSets.leaveAsTheyAre(plan);
  }

  private Optional<HasMetadata> applicable(
      StatefulSet desired, ObservedState view, List<Finding> failures) {
    var actual = view.find(desired);
    // One that is re-created has its claims looked at thereafter.
    var isStable =
        actual
            .filter(set -> set.isMarkedForDeletion() || FixedFields.differ(desired, set))
            .isEmpty();
    var going = isStable && new UnboundClaims(writes).clear(desired, actual, view, failures);
    return going && actual.isEmpty() ? Optional.empty() : Optional.of(desired);
  }
}
