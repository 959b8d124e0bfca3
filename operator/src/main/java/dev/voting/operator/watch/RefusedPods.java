package dev.voting.operator.watch;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why the pods of StatefulSets and Jobs cannot be made, as by a quota. Their controllers report it
 * by Events alone, so these are watched; they count while pods are missing.
 */
public final class RefusedPods extends AppEventSource<Event> {

  private static final Logger LOG = LoggerFactory.getLogger(RefusedPods.class);

  /** A refusal at the very start, as while a quota is being counted, may be over by then. */
  private static final Duration TIME_TO_MAKE = Duration.ofSeconds(4);

  /** The caches of pods and of Events may differ for so long about what came first. */
  private static final Duration SETTLED = Duration.ofSeconds(10);

  /** How long the operator's start waits for what was reported before it. */
  private static final long PATIENCE_SECONDS = 10;

  private final KubernetesClient client;
  private final Clock clock;
  private final Predicate<String> isApp;
  private final Refusals refusals = new Refusals(event -> apps(event).findAny().isPresent());
  private SharedIndexInformer<Event> informer;

  /**
   * Makes an event source.
   *
   * @param client may list and watch Events; without that right nothing is known
   * @param isApp whether there is a VotingApp of that name
   */
  public RefusedPods(KubernetesClient client, Clock clock, Predicate<String> isApp) {
    super(Event.class, "refused-pods");
    this.client = client;
    this.clock = clock;
    this.isApp = isApp;
  }

  @Override
  public void start() {
    super.start();
    informer =
        client
            .v1()
            .events()
            .inAnyNamespace()
            .withField("type", "Warning")
            .withField("reason", "FailedCreate")
            .runnableInformer(0)
            // It would grow with what is not kept.
            .removeNamespaceIndex()
            .itemStore(refusals);
    informer.addEventHandler(new Handler());
    var refused = new CompletableFuture<Void>();
    // What the cluster refuses now it may grant later, so the tries go on, ever more slowly.
    informer.exceptionHandler(
        (_, problem) -> {
          if (refused.complete(null)) {
            LOG.warn("cannot read why pods could not be created: {}", problem.getMessage());
          }
          return true;
        });
    CompletableFuture.anyOf(informer.start().toCompletableFuture(), refused)
        .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  @Override
  public void stop() {
    if (informer != null) {
      informer.stop();
    }
    super.stop();
  }

  /**
   * What is known.
   *
   * @param byComponent what the API server says to the controller of a component
   * @param next when a refusal begins to count; empty while none is that young
   */
  public record Outcome(Map<String, String> byComponent, Optional<Duration> next) {}

  public Outcome look(Blueprint blueprint, ObservedState view) {
    var now = clock.instant();
    var byComponent = new HashMap<String, String>();
    var waits = new ArrayList<Duration>();
    blueprint
        .objects()
        .filter(Availability::isWorkload)
        // The status of a Deployment reports it.
        .filter(object -> !(object instanceof Deployment))
        .flatMap(desired -> view.find(desired).stream())
        .forEach(
            workload -> {
              var uid = workload.getMetadata().getUid();
              if (!lacksPods(workload, view)) {
                refusals.forget(uid, now.minus(SETTLED));
                return;
              }
              var refusal = refusals.of(uid);
              var wait = Duration.between(now, createdAt(workload).plus(TIME_TO_MAKE));
              if (refusal.isPresent() && wait.isPositive()) {
                waits.add(wait);
              } else {
                var component = workload.getMetadata().getLabels().get(Names.COMPONENT);
                refusal.ifPresent(said -> byComponent.put(component, said));
              }
            });
    return new Outcome(byComponent, waits.stream().min(Comparator.naturalOrder()));
  }

  /** Forgets the VotingApps that are no more. */
  public void forgetTheGone() {
    refusals.sweep();
  }

  private static boolean lacksPods(HasMetadata workload, ObservedState view) {
    if (Availability.isDone(workload) || Availability.isAvailable(workload)) {
      return false;
    }
    var uid = workload.getMetadata().getUid();
    var pods =
        view.all(Pod.class).stream()
            .filter(
                pod ->
                    pod.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> owner.getUid().equals(uid)))
            .count();
    return pods < Availability.of(workload).desired();
  }

  private static Instant createdAt(HasMetadata workload) {
    return Instant.parse(workload.getMetadata().getCreationTimestamp());
  }

  private Stream<String> apps(Event event) {
    return Ownership.appsOf(event).stream().filter(isApp);
  }

  private final class Handler implements ResourceEventHandler<Event> {
    @Override
    public void onAdd(Event event) {
      apps(event).forEach(RefusedPods.this::wake);
    }

    @Override
    public void onUpdate(Event before, Event after) {
      // Counted up at each try.
      if (!Refusals.words(after).equals(before.getMessage())) {
        onAdd(after);
      }
    }

    @Override
    public void onDelete(Event event, boolean unknown) {
      // Deleted when it is old, not when its cause is gone; the pods show that.
    }
  }
}
