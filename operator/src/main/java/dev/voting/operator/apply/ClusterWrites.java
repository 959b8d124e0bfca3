package dev.voting.operator.apply;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Optional;

/** Writes into the cluster. */
public final class ClusterWrites implements Writes {

  private static final PatchContext FORCED = serverSideApply(true);
  private static final PatchContext UNFORCED = serverSideApply(false);

  private final KubernetesClient client;
  private final Repair repair;

  /** Writes as the operator. */
  public ClusterWrites(KubernetesClient client) {
    this.client = client;
    this.repair = new Repair(client);
  }

  private static PatchContext serverSideApply(boolean force) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(Names.OPERATOR)
        .withForce(force)
        .build();
  }

  @Override
  public void create(HasMetadata object) {
    client.resource(object).create();
  }

  @Override
  public Optional<HasMetadata> apply(HasMetadata desired, Optional<HasMetadata> actual) {
    try {
      return Optional.of(client.resource(desired).patch(FORCED));
    } catch (KubernetesClientException e) {
      if (actual.isEmpty() || !Repair.mayFix(desired, e)) {
        throw e;
      }
      return repair
          .fix(desired, actual.get(), e)
          .map(_ -> client.resource(desired).patch(FORCED))
          .map(repair::disown);
    }
  }

  @Override
  public HasMetadata applyUnforced(HasMetadata desired) {
    return client.resource(desired).patch(UNFORCED);
  }

  @Override
  public void merge(HasMetadata object, Map<String, ?> fields) {
    client
        .resource(object)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(fields));
  }

  @Override
  public void delete(HasMetadata object, DeletionPropagation dependents) {
    client.resource(object).withPropagationPolicy(dependents).delete();
  }

  @Override
  public void deleteUnchanged(HasMetadata object) {
    client.resource(object).lockResourceVersion(object.getMetadata().getResourceVersion()).delete();
  }

  /** Its pods stay, unless they are none that the new one would take for its own. */
  @Override
  public void recreate(StatefulSet desired, StatefulSet actual) {
    delete(
        actual,
        desired.getSpec().getSelector().equals(actual.getSpec().getSelector())
            ? DeletionPropagation.ORPHAN
            : DeletionPropagation.BACKGROUND);
  }
}
