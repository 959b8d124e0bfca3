package dev.voting.operator.steps;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.Checksums;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Holds Redis back until the API can follow. Where Redis and the way to it change together, as with
 * TLS, the API's pods of before lose Redis at that moment; so Redis stays as it is until a pod that
 * knows the new way has started, and only waits for it; and until PostgreSQL, which no vote waits
 * for, no longer takes processor time for its own restart from a small node.
 */
public final class HoldRedis implements Step {

  /** The API may be unable to start; so Redis waits no longer than that. */
  static final Duration LONGEST = Duration.ofMinutes(2);

  private final Clock clock;
  private final Map<String, Instant> since = new ConcurrentHashMap<>();

  public HoldRedis(Clock clock) {
    this.clock = clock;
  }

  /**
   * What can be made now.
   *
   * @param blueprint without Redis while that waits
   * @param next in how long it waits no longer
   */
  public record Outcome(Blueprint blueprint, Optional<Duration> next) {}

  /** Leaves Redis out of a blueprint while it has to wait. */
  public Outcome hold(String app, Blueprint wanted, ObservedState view) {
    if (!isEarly(wanted, view)) {
      since.remove(app);
      return new Outcome(wanted, Optional.empty());
    }
    var now = clock.instant();
    var left = Duration.between(now, since.computeIfAbsent(app, _ -> now).plus(LONGEST));
    return left.isPositive()
        ? new Outcome(
            wanted.map(object -> Optional.of(object).filter(other -> !isRedis(other))),
            Optional.of(left))
        : new Outcome(wanted, Optional.empty());
  }

  @Override
  public Plan run(Plan plan) {
    var outcome = hold(plan.app().name(), plan.applicable(), plan.observed());
    return plan.withApplicable(outcome.blueprint()).lookAgain(outcome.next());
  }

  @Override
  public boolean onlyDelays() {
    return true;
  }

  @Override
  public void retain(Set<String> apps) {
    since.keySet().retainAll(apps);
  }

  private static boolean isEarly(Blueprint wanted, ObservedState view) {
    var redis = find(wanted, StatefulSet.class, Names.REDIS);
    var api = find(wanted, Deployment.class, Names.API);
    return redis.isPresent()
        && api.isPresent()
        && changes(redis.get(), view)
        && losesItsClients(api.get(), view)
        && (!canFollow(api.get(), view) || restarts(wanted, view));
  }

  /** What does not work cannot be changed too early. */
  private static boolean changes(StatefulSet redis, ObservedState view) {
    return view.find(redis)
        .filter(Availability::isAvailable)
        .filter(actual -> !Checksums.of(actual).equals(Checksums.of(redis)))
        .isPresent();
  }

  private static boolean losesItsClients(Deployment api, ObservedState view) {
    return pods(view).filter(Readiness::isPodReady).anyMatch(pod -> !isOf(api, pod));
  }

  private static boolean canFollow(Deployment api, ObservedState view) {
    return pods(view).anyMatch(pod -> isOf(api, pod) && hasStarted(pod));
  }

  private static Stream<Pod> pods(ObservedState view) {
    return view.all(Pod.class).stream()
        .filter(pod -> Ownership.isOf(Names.API, pod))
        .filter(pod -> !pod.isMarkedForDeletion());
  }

  private static boolean isOf(Deployment api, Pod pod) {
    return Checksums.of(pod).equals(Checksums.of(api));
  }

  private static boolean restarts(Blueprint wanted, ObservedState view) {
    var postgres = find(wanted, StatefulSet.class, Names.POSTGRES);
    return postgres
        .flatMap(view::find)
        .filter(
            actual ->
                !Checksums.of(actual).equals(Checksums.of(postgres.get()))
                    || !Availability.isAvailable(actual))
        .isPresent();
  }

  private static boolean hasStarted(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getContainerStatuses().stream()
            .anyMatch(
                container ->
                    container.getName().equals(Names.API)
                        && Boolean.TRUE.equals(container.getStarted()));
  }

  private static <T extends HasMetadata> Optional<T> find(
      Blueprint blueprint, Class<T> kind, String component) {
    return blueprint
        .objects()
        .filter(kind::isInstance)
        .map(kind::cast)
        .filter(object -> Ownership.isOf(component, object))
        .findFirst();
  }

  /** What a running server, or one that comes back, reads of it. */
  private static boolean isRedis(HasMetadata object) {
    return Ownership.isOf(Names.REDIS, object)
        && (object instanceof StatefulSet || object instanceof ConfigMap);
  }
}
