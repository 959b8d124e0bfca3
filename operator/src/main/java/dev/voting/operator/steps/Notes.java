package dev.voting.operator.steps;

import dev.voting.operator.cluster.Finding;
import dev.voting.operator.status.ConsumerPast;
import dev.voting.operator.status.RotationReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the steps of a reconciliation have to say.
 *
 * @param failures what a retry may correct
 * @param obstacles what waits for somebody else
 * @param waits in how long to look again
 * @param consumer what became of the consumer's last Job
 * @param rotation how the last rotation of the credentials is, if there was one
 * @param refusals why the pods of a component cannot be made, by component
 * @param podEvents what was last said of pods that are overdue, by their uid
 */
public record Notes(
    List<Finding> failures,
    List<Finding> obstacles,
    List<Duration> waits,
    ConsumerPast consumer,
    Optional<RotationReport> rotation,
    Map<String, String> refusals,
    Map<String, String> podEvents) {

  static final Notes NONE =
      new Notes(
          List.of(), List.of(), List.of(), ConsumerPast.NONE, Optional.empty(), Map.of(), Map.of());

  Notes withFailures(List<Finding> more) {
    return new Notes(
        join(failures, more), obstacles, waits, consumer, rotation, refusals, podEvents);
  }

  Notes withObstacles(List<Finding> more) {
    return new Notes(
        failures, join(obstacles, more), waits, consumer, rotation, refusals, podEvents);
  }

  Notes withWait(Duration wait) {
    return new Notes(
        failures, obstacles, join(waits, List.of(wait)), consumer, rotation, refusals, podEvents);
  }

  Notes withConsumer(ConsumerPast past) {
    return new Notes(failures, obstacles, waits, past, rotation, refusals, podEvents);
  }

  Notes withRotation(Optional<RotationReport> report) {
    return new Notes(failures, obstacles, waits, consumer, report, refusals, podEvents);
  }

  Notes withPods(Map<String, String> unmade, Map<String, String> events) {
    return new Notes(failures, obstacles, waits, consumer, rotation, unmade, events);
  }

  private static <T> List<T> join(List<T> some, List<T> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }
}
