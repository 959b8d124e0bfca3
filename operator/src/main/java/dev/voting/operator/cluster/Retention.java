package dev.voting.operator.cluster;

import dev.voting.crd.DeletionPolicy;
import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which deletion policy is in force: what Kubernetes' garbage collector would do if the VotingApp
 * were deleted now, with or without an operator. It follows owners alone.
 */
public final class Retention {
  private Retention() {}

  /**
   * The policy in force.
   *
   * @param app the VotingApp
   * @param view what the caches hold of it
   * @return empty while there is nothing to keep or delete
   */
  public static Optional<DeletionPolicy> inForce(VotingApp app, ObservedState view) {
    return data(app, view).findAny().isEmpty()
        ? Optional.empty()
        : Optional.of(
            owned(app, view).findAny().isPresent() ? DeletionPolicy.Delete : DeletionPolicy.Retain);
  }

  /** What holds data and would go with the VotingApp. */
  public static Stream<HasMetadata> owned(VotingApp app, ObservedState view) {
    return data(app, view)
        .filter(
            object ->
                object.getMetadata().getOwnerReferences().stream()
                    .anyMatch(owner -> isBy(owner, app)));
  }

  /** Whether an owner is the VotingApp. */
  public static boolean isBy(OwnerReference owner, VotingApp app) {
    return owner.getUid().equals(app.getMetadata().getUid());
  }

  /** What holds data, and so has an owner only under Delete. */
  private static Stream<HasMetadata> data(VotingApp app, ObservedState view) {
    var namespace = new Names(app.name()).dataNamespace();
    return view.objects()
        .filter(
            object ->
                object instanceof Namespace && object.getMetadata().getName().equals(namespace)
                    || ObjectKey.of(object)
                        .equals(new ObjectKey("Secret", namespace, Names.CREDENTIALS)));
  }
}
