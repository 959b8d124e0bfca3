package dev.voting.operator.status.diagnosis;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;

/**
 * Whether votes are counted as they come, or wait in the stream while the results stand still.
 *
 * @param isTrue whether they are counted
 * @param reason one word for machines
 * @param message for people
 */
public record Counting(boolean isTrue, String reason, String message) {

  private static final String WAIT =
      "accepted votes wait in the stream, and the results do not change: ";

  private static final String CONSUMER_STOPPED = "ConsumerStopped";

  /**
   * What does not work because no pod of it is wanted: by the spec, or by somebody who scaled its
   * workload, which the operator sets back unless it is paused.
   *
   * @param component any
   * @param wanted its workload as the spec wants it
   * @param found how its workload is
   */
  public static Optional<Diagnosis> stopped(
      String component, HasMetadata wanted, Availability found) {
    if (found.desired() > 0) {
      return Optional.empty();
    }
    if (Availability.desired(wanted) > 0) {
      return Optional.of(
          new Diagnosis(
              "ScaledToZero",
              "%s %s was scaled to 0 pods; the operator sets it back, unless spec.paused is true"
                  .formatted(wanted.getKind(), wanted.getMetadata().getName()),
              true));
    }
    return switch (component) {
      case Names.CONSUMER ->
          Optional.of(
              new Diagnosis(
                  CONSUMER_STOPPED,
                  "spec.consumer.replicas is 0, so no vote is counted: votes wait in Redis until it"
                      + " is raised",
                  true));
      case Names.API ->
          Optional.of(
              new Diagnosis(
                  "ApiStopped", "spec.api.replicas is 0, so no vote is accepted: raise it", true));
      default -> Optional.empty();
    };
  }

  /**
   * Decides by the components.
   *
   * @param availability how each workload is, by component; none of a server that is not ours
   * @param diagnoses what is wrong, by component
   */
  public static Counting of(
      Map<String, Availability> availability, Map<String, Diagnosis> diagnoses) {
    var consumer = Optional.ofNullable(diagnoses.get(Names.CONSUMER));
    if (consumer.filter(found -> found.reason().equals(CONSUMER_STOPPED)).isPresent()) {
      return stands(CONSUMER_STOPPED, consumer.get());
    }
    return away(Names.POSTGRES, "PostgresUnavailable", availability, diagnoses)
        .or(() -> away(Names.REDIS, "RedisUnavailable", availability, diagnoses))
        .or(() -> away(Names.CONSUMER, "ConsumerUnavailable", availability, diagnoses))
        .orElse(new Counting(true, "Counting", "votes are counted as they come"));
  }

  /**
   * One ready pod is enough, also amid a rollout; and a Redis that is full is read all the same.
   */
  private static Optional<Counting> away(
      String component,
      String reason,
      Map<String, Availability> availability,
      Map<String, Diagnosis> diagnoses) {
    return Optional.ofNullable(diagnoses.get(component))
        .filter(
            _ ->
                Optional.ofNullable(availability.get(component)).filter(Counting::hasPod).isEmpty())
        .filter(diagnosis -> !diagnosis.reason().equals("RedisFull"))
        .map(diagnosis -> stands(reason, diagnosis));
  }

  private static boolean hasPod(Availability found) {
    return found.ready() > 0 && found.desired() > 0;
  }

  private static Counting stands(String reason, Diagnosis diagnosis) {
    return new Counting(false, reason, WAIT + diagnosis.message());
  }
}
