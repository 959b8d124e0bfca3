package dev.voting.operator.apply;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/** Applies a blueprint, stage by stage, the objects of a stage in parallel. */
public final class Applier {

  private final Writes writes;
  private final ExecutorService parallel;
  private final AppliedState applied;
  private final Contests contests;

  public Applier(Writes writes, ExecutorService parallel, AppliedState applied, Contests contests) {
    this.writes = writes;
    this.parallel = parallel;
    this.applied = applied;
    this.contests = contests;
  }

  /** What the cache holds, with the workloads that it is behind on as they were applied. */
  public ObservedState newest(String app, ObservedState cached) {
    return applied.newest(app, cached);
  }

  /**
   * What came of applying.
   *
   * @param problems what went wrong; empty when everything was applied
   * @param refused the objects that could not be applied, and those that wait for them
   */
  public record Outcome(List<Finding> problems, Set<ObjectKey> refused) {}

  /**
   * Applies what is not as it should be.
   *
   * @return what went wrong. A stage that failed keeps the next ones from being tried only if it is
   *     required; of those, workloads whose pods start with what was refused stay as they are.
   */
  public Outcome apply(String app, Blueprint blueprint, ObservedState view) {
    var refused = new LinkedHashMap<ObjectKey, Finding>();
    var waiting = new HashSet<ObjectKey>();
    for (var stage : blueprint.stages()) {
      var changes = stage.objects().stream().filter(object -> !holds(app, object, view)).toList();
      var requests =
          changes.stream()
              // What others need is never left as it is.
              .filter(object -> stage.required() || !mustWait(app, object, view))
              .filter(object -> Collections.disjoint(PodInputs.of(object), waiting))
              .toList();
      changes.stream().filter(o -> !requests.contains(o)).map(ObjectKey::of).forEach(waiting::add);
      refused.putAll(apply(app, requests, view));
      waiting.addAll(refused.keySet());
      if (!refused.isEmpty() && stage.required()) {
        break;
      }
    }
    return new Outcome(List.copyOf(refused.values()), Set.copyOf(waiting));
  }

  private Map<ObjectKey, Finding> apply(
      String app, List<HasMetadata> requests, ObservedState view) {
    var refused = new LinkedHashMap<ObjectKey, Finding>();
    var answers = Parallel.map(parallel, requests, object -> apply(app, object, view.find(object)));
    for (int i = 0; i < requests.size(); i++) {
      var key = ObjectKey.of(requests.get(i));
      answers.get(i).ifPresent(problem -> refused.put(key, problem));
    }
    return refused;
  }

  /** What is going is re-created once it is gone, which its watch shows. */
  private boolean mustWait(String app, HasMetadata desired, ObservedState view) {
    return contests.isDelayed(app, ObjectKey.of(desired))
        || view.find(desired).filter(HasMetadata::isMarkedForDeletion).isPresent();
  }

  private boolean holds(String app, HasMetadata desired, ObservedState view) {
    return view.find(ObjectKey.of(desired))
        .filter(actual -> applied.holds(app, desired, actual))
        .isPresent();
  }

  private Optional<Finding> apply(String app, HasMetadata desired, Optional<HasMetadata> actual) {
    var key = ObjectKey.of(desired);
    try {
      var contested =
          actual.isPresent() && applied.isApplied(app, desired) && contests.putBack(app, key);
      if (contested) {
        rival(desired).ifPresent(rival -> contests.rival(app, key, rival));
      }
      writes.apply(desired, actual).ifPresent(answer -> applied.record(app, desired, answer));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(Finding.refused(key, e));
    } catch (RuntimeException e) {
      return Optional.of(Finding.failed(e));
    }
  }

  /** Who owns what the operator is about to take back, in the words of the API server. */
  private Optional<Finding> rival(HasMetadata desired) {
    try {
      var answer = writes.applyUnforced(desired);
      return Rivals.latest(ObjectKey.of(desired), answer);
    } catch (KubernetesClientException e) {
      return Rivals.of(ObjectKey.of(desired), e);
    }
  }
}
