package dev.voting.operator.steps.storage;

import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.Objects;
import java.util.Optional;

/** A volume keeps its StorageClass; only a claim that never got one can get another. */
public final class ClaimClasses {

  private ClaimClasses() {}

  /** The class that is asked for; null for the cluster's default. */
  static String wanted(StatefulSet set) {
    return set.getSpec().getVolumeClaimTemplates().getFirst().getSpec().getStorageClassName();
  }

  /** Why a volume does not get the class that the spec now asks for. */
  public static Optional<Finding> refused(
      StatefulSet desired, StatefulSet actual, ObservedState view) {
    var wanted = wanted(desired);
    var was = wanted(actual);
    if (Objects.equals(wanted, was)) {
      return Optional.empty();
    }
    return view.claims(desired).stream()
        .filter(claim -> !claim.isMarkedForDeletion())
        .filter(claim -> !UnboundClaims.isEmpty(claim))
        // To name the default that it has got changes nothing.
        .filter(claim -> wanted == null || !wanted.equals(claim.getSpec().getStorageClassName()))
        .findFirst()
        .map(
            claim ->
                new Finding(
                    "StorageClassChanged",
                    "%s is of StorageClass %s, and a volume keeps its class: %s, or create another VotingApp with the other class and restore a backup into it"
                        .formatted(
                            ObjectKey.of(claim),
                            claim.getSpec().getStorageClassName(),
                            was == null
                                ? "take %s out".formatted(field(desired))
                                : "set %s back to \"%s\"".formatted(field(desired), was))));
  }

  /** The object with the class that the actual one has. */
  static StatefulSet withClassOf(StatefulSet actual, StatefulSet desired) {
    var copy = new StatefulSetBuilder(desired).build();
    copy.getSpec()
        .getVolumeClaimTemplates()
        .getFirst()
        .getSpec()
        .setStorageClassName(wanted(actual));
    return copy;
  }

  private static String field(StatefulSet set) {
    return "spec.%s.storage.storageClassName".formatted(set.getMetadata().getName());
  }
}
