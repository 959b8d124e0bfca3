package dev.voting.operator.steps;

import dev.voting.crd.DeletionPolicy;
import dev.voting.crd.VotingApp;
import dev.voting.operator.apply.Writes;
import dev.voting.operator.blueprint.Kept;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.Retention;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/**
 * Has Retain in force where the spec says so, before all else and even while paused, by taking the
 * owner from what holds data: what is kept by mistake can be deleted later, but not the other way
 * round.
 */
public record KeepData(Writes writes) implements Step {

  @Override
  public Plan run(Plan plan) {
    return plan.app().getSpec().deletionPolicy() == DeletionPolicy.Delete
        ? plan
        : plan.fail(
            Retention.owned(plan.app(), plan.observed())
                .flatMap(object -> release(object, plan.app()).stream())
                .toList());
  }

  @Override
  public Plan afterFailure(Plan plan) {
    return plan;
  }

  private Optional<Finding> release(HasMetadata object, VotingApp app) {
    var others =
        object.getMetadata().getOwnerReferences().stream()
            .filter(owner -> !Retention.isBy(owner, app))
            .toList();
    try {
      writes.merge(
          object,
          Map.of(
              "metadata",
              Map.of(
                  "resourceVersion",
                  object.getMetadata().getResourceVersion(),
                  "ownerReferences",
                  others,
                  // What has no owner must say that it is kept.
                  "annotations",
                  Kept.ANNOTATIONS)));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      // A cache that is behind: what it has missed triggers the next round.
      return e.getCode() == 409
          ? Optional.empty()
          : Optional.of(Finding.refused(ObjectKey.of(object), e));
    }
  }
}
