package dev.voting.operator.cluster;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far a rotation is: it is over when nobody is left who logs in as before. Pods with the new
 * logins are ready only once the servers accept them, so that the servers have them needs no proof
 * of its own.
 */
public final class ClientRollout {

  private static final List<String> CLIENTS = List.of(Names.API, Names.CONSUMER);

  private ClientRollout() {}

  /**
   * What a rotation still waits for.
   *
   * @param blueprint with the new logins
   * @param view what the caches hold
   * @return in words; empty when it is over
   */
  public static List<String> waitsFor(Blueprint blueprint, ObservedState view) {
    var waits = new ArrayList<String>();
    for (var client : CLIENTS) {
      blueprint
          .objects()
          .filter(object -> Availability.isWorkload(object) && Ownership.isOf(client, object))
          .forEach(desired -> waits.addAll(waitsFor(client, desired, view)));
    }
    return waits;
  }

  private static List<String> waitsFor(String client, HasMetadata desired, ObservedState view) {
    var waits = new ArrayList<String>();
    var checksum = Checksums.of(desired);
    if (view.find(desired)
        .filter(actual -> Checksums.of(actual).equals(checksum))
        .filter(Availability::isAvailable)
        .isEmpty()) {
      waits.add("pods of %s with the new credentials to be ready".formatted(client));
    }
    var left =
        view.objects()
            .filter(object -> Ownership.isOf(client, object))
            .filter(object -> isOld(object, desired, checksum))
            .map(object -> object.getKind() + " " + object.getMetadata().getName())
            .sorted()
            .collect(Collectors.joining(", "));
    if (!left.isEmpty()) {
      waits.add("%s with the old credentials to end".formatted(left));
    }
    return waits;
  }

  private static boolean isOld(HasMetadata object, HasMetadata desired, Optional<String> checksum) {
    return switch (object) {
      case Pod pod -> runs(pod) && !Checksums.of(pod).equals(checksum);
      case Job job -> !Availability.isDone(job) && !isSame(job, desired);
      case Deployment deployment -> !isSame(deployment, desired);
      default -> false;
    };
  }

  private static boolean isSame(HasMetadata object, HasMetadata desired) {
    return ObjectKey.of(object).equals(ObjectKey.of(desired));
  }

  private static boolean runs(Pod pod) {
    var phase = Optional.ofNullable(pod.getStatus()).map(status -> status.getPhase()).orElse("");
    return !phase.equals("Succeeded") && !phase.equals("Failed");
  }
}
