package dev.voting.servers.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** What goes back over HTTP. */
public sealed interface Reply {

  /** A whole answer. */
  record Whole(int code, String contentType, byte[] body, List<String> warnings) implements Reply {}

  /**
   * A stream of the changes of a kind, until the other side closes it or the time is over.
   *
   * @param after the revision after which to start, 0 for all that is there
   * @param selected which objects are watched
   * @param timeout when to end it
   * @param shown the form in which the objects are sent
   */
  record Watch(
      ResourceType type,
      long after,
      Predicate<StoredObject> selected,
      Optional<Duration> timeout,
      Function<StoredObject, String> shown)
      implements Reply {}

  /** Text that goes on as long as the log grows, or until the other side closes it. */
  record Growing(GrowingLog log) implements Reply {}

  static Whole json(int code, String json) {
    return new Whole(code, "application/json", json.getBytes(StandardCharsets.UTF_8), List.of());
  }

  static Whole json(int code, JsonNode json) {
    return new Whole(code, "application/json", Json.bytes(json), List.of());
  }

  static Whole text(String text) {
    return new Whole(200, "text/plain", text.getBytes(StandardCharsets.UTF_8), List.of());
  }
}
