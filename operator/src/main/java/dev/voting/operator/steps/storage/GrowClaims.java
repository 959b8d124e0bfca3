package dev.voting.operator.steps.storage;

import dev.voting.operator.apply.Writes;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Grows the claims of StatefulSets to what their templates ask for. Where one cannot become what is
 * wanted, the template stays as it is, so that all else still comes about.
 */
public record GrowClaims(Writes writes, Clock clock) implements Step {

  @Override
  public Plan run(Plan plan) {
    var failures = new ArrayList<Finding>();
    var obstacles = new ArrayList<Finding>();
    var waits = new ArrayList<Duration>();
    var now = clock.instant();
    var applicable =
        StatefulSets.map(
            plan.applicable(),
            object -> {
              var desired = OfflineGrowth.withStart(object, plan.observed());
              failures.addAll(OfflineGrowth.note(writes, desired, plan.observed(), now));
              ClaimSizes.stalled(desired, plan.observed(), now).ifPresent(obstacles::add);
              ClaimSizes.next(desired, plan.observed(), now).ifPresent(waits::add);
              return Optional.of(applicable(desired, plan.observed(), obstacles, failures));
            });
    return plan.fail(failures)
        .block(obstacles)
        .lookAgain(waits.stream().min(Duration::compareTo))
        .withApplicable(applicable);
  }

  @Override
  public Plan afterFailure(Plan plan) {
    return StatefulSets.leaveAsTheyAre(plan);
  }

  private StatefulSet applicable(
      StatefulSet wanted, ObservedState view, List<Finding> obstacles, List<Finding> failures) {
    var found = view.find(wanted).filter(actual -> !actual.isMarkedForDeletion());
    if (found.isEmpty()) {
      return wanted;
    }
    var actual = found.get();
    var kept = ClaimClasses.refused(wanted, actual, view);
    kept.ifPresent(obstacles::add);
    var desired = kept.isPresent() ? ClaimClasses.withClassOf(actual, wanted) : wanted;
    var shrinks = ClaimSizes.shrinks(desired, actual, view);
    if (shrinks.isPresent()) {
      obstacles.add(shrinks.get());
      return withTemplatesOf(actual, desired);
    }
    // Whatever the template says: the cache may not have known the claims before.
    var refused = grow(desired, view);
    if (refused.isPresent()) {
      failures.add(refused.get());
      return withTemplatesOf(actual, desired);
    }
    return desired;
  }

  private Optional<Finding> grow(StatefulSet desired, ObservedState view) {
    for (var claim : view.claims(desired)) {
      var wanted = ClaimSizes.wanted(desired);
      if (ClaimSizes.differs(claim, wanted)) {
        try {
          writes.merge(
              claim,
              Map.of(
                  "spec",
                  Map.of(
                      "resources",
                      Map.of("requests", Map.of(ClaimSizes.STORAGE, wanted.toString())))));
        } catch (KubernetesClientException e) {
          return Optional.of(
              new Finding(
                  "StorageGrowthRefused",
                  ("%s cannot grow from %s to %s; its StorageClass must have"
                          + " allowVolumeExpansion: true, or set %s back to %s: %s")
                      .formatted(
                          ObjectKey.of(claim),
                          ClaimSizes.requested(claim),
                          wanted,
                          ClaimSizes.field(desired),
                          ClaimSizes.requested(claim),
                          Finding.said(e))));
        }
      }
    }
    return Optional.empty();
  }

  private static StatefulSet withTemplatesOf(StatefulSet actual, StatefulSet desired) {
    var copy = new StatefulSetBuilder(desired).build();
    copy.getSpec()
        .getVolumeClaimTemplates()
        .getFirst()
        .getSpec()
        .getResources()
        .getRequests()
        .put(ClaimSizes.STORAGE, ClaimSizes.wanted(actual));
    return copy;
  }
}
