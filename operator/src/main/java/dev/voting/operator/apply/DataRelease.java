package dev.voting.operator.apply;

import dev.voting.crd.DeletionPolicy;
import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Kept;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Retention;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes the owner from what holds data, so that it stays when the VotingApp goes. */
public final class DataRelease {

  private final KubernetesClient client;

  public DataRelease(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Has Retain in force where the spec says so, before all else and even while paused: data that
   * are kept by mistake can be deleted later, but not the other way round.
   *
   * @return what went wrong
   */
  public List<Finding> release(VotingApp app, ObservedState view) {
    return app.getSpec().deletionPolicy() == DeletionPolicy.Delete
        ? List.of()
        : Retention.owned(app, view).flatMap(object -> release(object, app).stream()).toList();
  }

  private Optional<Finding> release(HasMetadata object, VotingApp app) {
    var others =
        object.getMetadata().getOwnerReferences().stream()
            .filter(owner -> !Retention.isBy(owner, app))
            .toList();
    try {
      client
          .resource(object)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              client
                  .getKubernetesSerialization()
                  .asJson(
                      Map.of(
                          "metadata",
                          Map.of(
                              "resourceVersion",
                              object.getMetadata().getResourceVersion(),
                              "ownerReferences",
                              others,
                              // What has no owner must say that it is kept.
                              "annotations",
                              Kept.ANNOTATIONS))));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      // A cache that is behind: what it has missed triggers the next round.
      return e.getCode() == 409
          ? Optional.empty()
          : Optional.of(Finding.refused(ObjectKey.of(object), e));
    }
  }
}
