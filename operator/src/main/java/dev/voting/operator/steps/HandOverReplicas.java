package dev.voting.operator.steps;

import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.OwnedFields;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Optional;

/**
 * Hands the number of replicas over to an autoscaler. Simply no longer applying it would have the
 * API server fill in its default, one, and pods would go until the autoscaler brings them back; so
 * the operator keeps applying what is there until the autoscaler has written it once.
 */
public final class HandOverReplicas implements Step {

  @Override
  public Plan run(Plan plan) {
    return plan.withApplicable(
        plan.applicable().map(object -> Optional.of(keepReplicas(object, plan.observed()))));
  }

  private static HasMetadata keepReplicas(HasMetadata object, ObservedState view) {
    if (!(object instanceof Deployment desired) || desired.getSpec().getReplicas() != null) {
      return object;
    }
    return view.find(desired)
        .filter(OwnedFields::haveReplicas)
        .<HasMetadata>map(
            actual ->
                new DeploymentBuilder(desired)
                    .editSpec()
                    .withReplicas(actual.getSpec().getReplicas())
                    .endSpec()
                    .build())
        .orElse(object);
  }
}
