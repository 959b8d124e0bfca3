package dev.voting.operator.reconcile;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.status.Availability;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Why the pods of StatefulSets and Jobs cannot be made, as by a quota. Their controllers tell it by
 * Events alone; these are asked for only while pods are missing, and now and then.
 */
final class RefusedPods {

  /** A controller makes pods at once, or is refused. */
  private static final Duration TIME_TO_MAKE = Duration.ofSeconds(4);

  private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<Question, Answer> answers = new ConcurrentHashMap<>();

  /** Whose pods are missing. */
  private record Question(String app, String uid) {}

  private record Answer(Instant asked, Optional<String> refusal) {}

  RefusedPods(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * What is known.
   *
   * @param byComponent what the API server says to the controller of a component
   * @param next when to look again; empty while no pod is missing
   */
  record Outcome(Map<String, String> byComponent, Optional<Duration> next) {}

  Outcome look(String app, Blueprint blueprint, View view) {
    var refusals = new HashMap<String, String>();
    var waits = new ArrayList<Duration>();
    blueprint
        .objects()
        .filter(Availability::isWorkload)
        // The status of a Deployment tells it.
        .filter(object -> !(object instanceof Deployment))
        .flatMap(desired -> view.find(desired).stream())
        .forEach(
            workload -> {
              if (lacksPods(workload, view)) {
                var component = workload.getMetadata().getLabels().get(Names.COMPONENT);
                var age = Duration.between(createdAt(workload), clock.instant());
                if (age.compareTo(TIME_TO_MAKE) < 0) {
                  waits.add(TIME_TO_MAKE.minus(age));
                } else {
                  waits.add(ASK_AGAIN);
                  refusal(app, workload).ifPresent(said -> refusals.put(component, said));
                }
              } else {
                answers.remove(new Question(app, workload.getMetadata().getUid()));
              }
            });
    return new Outcome(refusals, waits.stream().min(Comparator.naturalOrder()));
  }

  /** Forgets the VotingApps that are no more. */
  void retain(Set<String> apps) {
    answers.keySet().removeIf(question -> !apps.contains(question.app()));
  }

  private static boolean lacksPods(HasMetadata workload, View view) {
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

  private Optional<String> refusal(String app, HasMetadata workload) {
    var question = new Question(app, workload.getMetadata().getUid());
    var known = answers.get(question);
    if (known != null
        && Duration.between(known.asked(), clock.instant()).compareTo(ASK_AGAIN) < 0) {
      return known.refusal();
    }
    var answer = new Answer(clock.instant(), ask(workload));
    answers.put(question, answer);
    return answer.refusal();
  }

  private Optional<String> ask(HasMetadata workload) {
    try {
      return client
          .v1()
          .events()
          .inNamespace(workload.getMetadata().getNamespace())
          .withField("involvedObject.uid", workload.getMetadata().getUid())
          .withField("reason", "FailedCreate")
          .list()
          .getItems()
          .stream()
          .max(Comparator.comparing(RefusedPods::time))
          .map(Event::getMessage);
    } catch (KubernetesClientException e) {
      // Without the right to read Events the pods are still told to be missing.
      return Optional.empty();
    }
  }

  private static String time(Event event) {
    return Optional.ofNullable(event.getLastTimestamp())
        .or(() -> Optional.ofNullable(event.getEventTime()).map(time -> time.getTime()))
        .orElse(event.getMetadata().getCreationTimestamp());
  }

  private Instant createdAt(HasMetadata workload) {
    return Optional.ofNullable(workload.getMetadata().getCreationTimestamp())
        .map(Instant::parse)
        .orElseGet(clock::instant);
  }
}
