package dev.voting.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;

/**
 * Hands the number of replicas over to an autoscaler. Simply no longer applying it would have the
 * API server fill in its default, one, and pods would go until the autoscaler brings them back; so
 * the operator keeps applying what is there until the autoscaler has written it once.
 */
final class ReplicaHandover {

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private ReplicaHandover() {}

  static Blueprint keepReplicas(Blueprint blueprint, View view) {
    return blueprint.map(object -> Optional.of(keepReplicas(object, view)));
  }

  private static HasMetadata keepReplicas(HasMetadata object, View view) {
    if (!(object instanceof Deployment desired) || desired.getSpec().getReplicas() != null) {
      return object;
    }
    return view.find(desired)
        .filter(ReplicaHandover::isOurs)
        .<HasMetadata>map(
            actual ->
                new DeploymentBuilder(desired)
                    .editSpec()
                    .withReplicas(actual.getSpec().getReplicas())
                    .endSpec()
                    .build())
        .orElse(object);
  }

  /** Whether the replicas are the operator's field, by what the API server recorded. */
  static boolean isOurs(HasMetadata actual) {
    return actual.getMetadata().getManagedFields().stream()
        .filter(entry -> Names.OPERATOR.equals(entry.getManager()))
        .map(entry -> SERIALIZATION.convertValue(entry.getFieldsV1(), JsonNode.class))
        .anyMatch(fields -> fields.path("f:spec").has("f:replicas"));
  }
}
