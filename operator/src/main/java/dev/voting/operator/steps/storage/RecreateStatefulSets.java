package dev.voting.operator.steps.storage;

import dev.voting.operator.apply.Writes;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Re-creates StatefulSets for what cannot change in them: each is deleted, its pods left running,
 * and the next reconciliation makes it once it is gone.
 */
public record RecreateStatefulSets(Writes writes) implements Step {

  @Override
  public Plan run(Plan plan) {
    var failures = new ArrayList<Finding>();
    var applicable =
        StatefulSets.map(
            plan.applicable(),
            desired ->
                plan.observed()
                    .find(desired)
                    .map(actual -> applicable(desired, actual, plan.observed(), failures))
                    .orElse(Optional.of(desired)));
    return plan.fail(failures).withApplicable(applicable);
  }

  @Override
  public Plan afterFailure(Plan plan) {
    return StatefulSets.leaveAsTheyAre(plan);
  }

  private Optional<HasMetadata> applicable(
      StatefulSet desired, StatefulSet actual, ObservedState view, List<Finding> failures) {
    if (actual.isMarkedForDeletion()) {
      return Optional.empty();
    }
    if (!FixedFields.differ(desired, actual)) {
      return Optional.of(desired);
    }
    var refused = new UnboundClaims(writes).note(desired, actual, view);
    if (refused.isPresent()) {
      failures.add(refused.get());
      return Optional.of(FixedFields.changeable(desired, Optional.of(actual)));
    }
    try {
      writes.recreate(desired, actual);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      failures.add(Finding.notDeleted(ObjectKey.of(actual), e));
      return Optional.of(FixedFields.changeable(desired, Optional.of(actual)));
    }
  }
}
