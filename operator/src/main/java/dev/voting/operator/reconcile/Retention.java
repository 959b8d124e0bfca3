package dev.voting.operator.reconcile;

import dev.voting.crd.DeletionPolicy;
import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Kept;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which deletion policy is in force: what Kubernetes' garbage collector would do if the VotingApp
 * were deleted now, with or without an operator. It follows owners alone.
 */
public final class Retention {

  private final KubernetesClient client;

  Retention(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The policy in force.
   *
   * @param app the VotingApp
   * @param view what the caches hold of it
   * @return empty while there is nothing to keep or delete
   */
  public static Optional<DeletionPolicy> inForce(VotingApp app, View view) {
    var data = data(app, view).toList();
    return data.isEmpty()
        ? Optional.empty()
        : Optional.of(
            data.stream().anyMatch(object -> isOwned(object, app))
                ? DeletionPolicy.Delete
                : DeletionPolicy.Retain);
  }

  /**
   * Has Retain in force where the spec says so, before all else and even while paused: data that
   * are kept by mistake can be deleted later, but not the other way round.
   *
   * @return what went wrong
   */
  List<Problem> raise(VotingApp app, View view) {
    return app.getSpec().deletionPolicy() == DeletionPolicy.Delete
        ? List.of()
        : data(app, view)
            .filter(object -> isOwned(object, app))
            .flatMap(object -> release(object, app).stream())
            .toList();
  }

  /** What holds data, and so has an owner only under Delete. */
  private static Stream<HasMetadata> data(VotingApp app, View view) {
    var namespace = new Names(app.name()).dataNamespace();
    return view.objects()
        .filter(
            object ->
                object instanceof Namespace && object.getMetadata().getName().equals(namespace)
                    || ObjectKey.of(object)
                        .equals(new ObjectKey("Secret", namespace, Names.CREDENTIALS)));
  }

  private static boolean isOwned(HasMetadata object, VotingApp app) {
    return object.getMetadata().getOwnerReferences().stream().anyMatch(owner -> isBy(owner, app));
  }

  private static boolean isBy(OwnerReference owner, VotingApp app) {
    return owner.getUid().equals(app.getMetadata().getUid());
  }

  private Optional<Problem> release(HasMetadata object, VotingApp app) {
    var others =
        object.getMetadata().getOwnerReferences().stream()
            .filter(owner -> !isBy(owner, app))
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
          : Optional.of(Problem.refused(ObjectKey.of(object), e));
    }
  }
}
