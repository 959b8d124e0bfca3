package dev.voting.servers.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.wire.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * How pods go: one that a node runs stays, marked as being deleted, until its node says that it has
 * ended by deleting it with no grace at all.
 */
public final class PodDeletion {

  private static final long DEFAULT_GRACE = 30;

  private PodDeletion() {}

  /**
   * Notes the deletion of an object that is a pod.
   *
   * @param asked the grace period in seconds that the request asked for; negative for the pod's own
   * @return whether it stays for now
   */
  public static boolean begin(ResourceType type, ObjectNode pod, long asked) {
    if (!type.is("", "pods")) {
      return false;
    }
    long grace = asked < 0 ? grace(pod) : asked;
    boolean ended = List.of("Succeeded", "Failed").contains(Json.text(pod, "status", "phase"));
    if (Json.text(pod, "spec", "nodeName").isEmpty() || ended) {
      grace = 0;
    }
    ObjectNode metadata = Json.make(pod, "metadata");
    JsonNode before = metadata.path("deletionGracePeriodSeconds");
    if (metadata.has("deletionTimestamp") && before.asLong() <= grace) {
      // Only a shorter one changes anything.
      return before.asLong() > 0;
    }
    metadata.put(
        "deletionTimestamp",
        Instant.now().plusSeconds(grace).truncatedTo(ChronoUnit.SECONDS).toString());
    metadata.put("deletionGracePeriodSeconds", grace);
    return grace > 0;
  }

  private static long grace(ObjectNode pod) {
    JsonNode own = Json.at(pod, "spec", "terminationGracePeriodSeconds");
    return own.isNumber() ? own.asLong() : DEFAULT_GRACE;
  }
}
