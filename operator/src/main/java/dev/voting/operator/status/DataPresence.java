package dev.voting.operator.status;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.ObservedState;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Whether the data are still those that were there before. When the data namespace is deleted by
 * hand it is re-created, and all is ready again with storage that is empty: for an hour a condition
 * says so. What is remembered is in the condition itself, whose last transition is compared with
 * the creation of the namespace.
 */
public final class DataPresence {

  /** The condition. */
  public static final String TYPE = "DataPresent";

  static final String LOST = "DataLost";

  /** How long a loss is reported. */
  private static final Duration REPORTED = Duration.ofHours(1);

  private DataPresence() {}

  /**
   * The condition.
   *
   * @param app with its last status
   * @return empty while there is no data namespace yet, or no server of ours in it
   */
  public static Optional<Condition> of(VotingApp app, ObservedState view, Instant now) {
    var spec = app.getSpec();
    if (spec.postgres().external() != null && spec.redis().external() != null) {
      return Optional.empty();
    }
    var before =
        Optional.ofNullable(app.getStatus())
            .map(VotingAppStatus::conditions)
            .flatMap(conditions -> Conditions.find(conditions, TYPE));
    var name = new Names(app.name()).dataNamespace();
    var namespace =
        view.all(Namespace.class).stream()
            .filter(found -> found.getMetadata().getName().equals(name))
            .filter(found -> !found.isMarkedForDeletion())
            .findFirst();
    if (namespace.isEmpty()) {
      return before;
    }
    var created = Instant.parse(namespace.get().getMetadata().getCreationTimestamp());
    var since = before.map(Condition::getLastTransitionTime).map(Instant::parse);
    if (since.filter(created::isAfter).isPresent()) {
      return Optional.of(lost(app, name, created));
    }
    var lost = before.filter(DataPresence::isLost);
    if (lost.isPresent() && since.orElseThrow().plus(REPORTED).isAfter(now)) {
      return Optional.of(lost(app, name, since.orElseThrow()));
    }
    var present = lost.isPresent() ? now : since.orElse(created);
    return Optional.of(
        condition(app, "True", "Present", "the data are kept in namespace " + name, present));
  }

  static boolean isLost(Condition presence) {
    return presence.getStatus().equals("False");
  }

  /** When a loss has been reported for long enough. */
  public static Optional<Duration> next(VotingApp app, ObservedState view, Instant now) {
    return of(app, view, now)
        .filter(DataPresence::isLost)
        .map(condition -> Instant.parse(condition.getLastTransitionTime()).plus(REPORTED))
        .map(end -> Duration.between(now, end))
        .filter(Duration::isPositive);
  }

  private static Condition lost(VotingApp app, String namespace, Instant at) {
    return condition(
        app,
        "False",
        LOST,
        ("namespace %s was deleted, and re-created at %s with new, empty storage: what was counted"
                + " before is gone; restore a backup if you have one")
            .formatted(namespace, at),
        at);
  }

  private static Condition condition(
      VotingApp app, String status, String reason, String message, Instant since) {
    return new ConditionBuilder()
        .withType(TYPE)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withObservedGeneration(app.getMetadata().getGeneration())
        .withLastTransitionTime(since.truncatedTo(ChronoUnit.SECONDS).toString())
        .build();
  }
}
