package dev.voting.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Builds conditions by Kubernetes' conventions: {@code lastTransitionTime} changes only when the
 * status does.
 */
final class Conditions {

  private final List<Condition> before;
  private final Long generation;
  private final Instant now;
  private final UnaryOperator<String> redactor;
  private final List<Condition> conditions = new ArrayList<>();

  /**
   * Begins with none.
   *
   * @param redactor what every message goes through, as some quote what others said
   */
  Conditions(List<Condition> before, Long generation, Instant now, UnaryOperator<String> redactor) {
    this.before = before;
    this.redactor = redactor;
    this.generation = generation;
    this.now = now;
  }

  Condition add(String type, boolean status, String reason, String message) {
    return add(type, status ? "True" : "False", reason, message);
  }

  /**
   * Adds a condition that may also be unknown.
   *
   * @param value {@code True}, {@code False} or {@code Unknown}
   */
  Condition add(String type, String value, String reason, String message) {
    var condition =
        new ConditionBuilder()
            .withType(type)
            .withStatus(value)
            .withReason(reason)
            .withMessage(redactor.apply(message))
            .withObservedGeneration(generation)
            .withLastTransitionTime(
                find(before, type)
                    .filter(last -> Objects.equals(last.getStatus(), value))
                    .map(Condition::getLastTransitionTime)
                    .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString()))
            .build();
    conditions.add(condition);
    return condition;
  }

  /** Since when a condition has had a status, as it was reported before. */
  Optional<Instant> sinceBefore(String type, String value) {
    return find(before, type)
        .filter(condition -> value.equals(condition.getStatus()))
        .map(Condition::getLastTransitionTime)
        .map(Instant::parse);
  }

  List<Condition> list() {
    return conditions;
  }

  static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(condition -> condition.getType().equals(type)).findFirst();
  }
}
