package dev.voting.operator.steps.storage;

import dev.voting.operator.apply.Writes;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Restarts a pod where its volume grows at a start only: by an annotation of the template, once for
 * each size. The claim remembers it, so that no StatefulSet that is re-created lacks it, which
 * would start the pod once more.
 */
public final class OfflineGrowth {

  /** On the claim and on the template of its pod: the size that the pod was restarted for. */
  public static final String STARTED_FOR = "voting.dev/started-for-size";

  private OfflineGrowth() {}

  /**
   * Notes on the claims whose pod has to restart that it shall.
   *
   * @return what went wrong
   */
  static List<Finding> note(Writes writes, StatefulSet desired, ObservedState view, Instant now) {
    var problems = new ArrayList<Finding>();
    for (var claim : view.claims(desired)) {
      if (ClaimSizes.waitsForStart(desired, claim, now) && !isNoted(desired, claim)) {
        try {
          writes.merge(
              claim,
              Map.of(
                  "metadata",
                  Map.of(
                      "annotations", Map.of(STARTED_FOR, ClaimSizes.wanted(desired).toString()))));
        } catch (KubernetesClientException e) {
          problems.add(Finding.refused(ObjectKey.of(claim), e));
        }
      }
    }
    return problems;
  }

  /**
   * Whether the pod was to restart for the size that is wanted, or did so.
   *
   * @param object the claim or the pod
   */
  static boolean isNoted(StatefulSet desired, HasMetadata object) {
    return startedFor(object).filter(ClaimSizes.wanted(desired).toString()::equals).isPresent();
  }

  /** The StatefulSet, whose pod restarts once its claim asks for it. */
  static StatefulSet withStart(StatefulSet set, ObservedState view) {
    return view.claims(set).stream()
        .sorted(Comparator.comparing(claim -> claim.getMetadata().getName()))
        .flatMap(claim -> startedFor(claim).stream())
        .findFirst()
        .map(size -> withStart(set, size))
        .orElse(set);
  }

  private static StatefulSet withStart(StatefulSet set, String size) {
    return new StatefulSetBuilder(set)
        .editSpec()
        .editTemplate()
        .editMetadata()
        .addToAnnotations(STARTED_FOR, size)
        .endMetadata()
        .endTemplate()
        .endSpec()
        .build();
  }

  /**
   * The size that a pod was restarted for, or is to be.
   *
   * @param object a claim or a pod
   */
  private static Optional<String> startedFor(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(STARTED_FOR));
  }
}
