package dev.voting.operator.watch;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a watch of Events keeps: the few fields that matter, of those Events that matter. All others
 * are let go at once, so that memory does not grow with the cluster.
 */
public final class Refusals implements ItemStore<Event> {

  /** Written before the message once there are several alike. */
  private static final String COMBINED = "(combined from similar events): ";

  private final Predicate<Event> matters;
  private final Map<String, Event> kept = new ConcurrentHashMap<>();

  /**
   * Makes an empty store.
   *
   * @param matters says which Events are kept
   */
  Refusals(Predicate<Event> matters) {
    this.matters = matters;
  }

  /** The newest refusal that a controller met for an object, in the words of the API server. */
  Optional<String> of(String uid) {
    return kept.values().stream()
        .filter(event -> uid.equals(event.getInvolvedObject().getUid()))
        .max(Comparator.comparing(Refusals::at))
        .map(Event::getMessage);
  }

  /** Forgets what an object has got over. */
  void forget(String uid, Instant before) {
    kept.values()
        .removeIf(
            event -> uid.equals(event.getInvolvedObject().getUid()) && at(event).isBefore(before));
  }

  /** Forgets what matters no longer. */
  void sweep() {
    kept.values().removeIf(matters.negate());
  }

  /**
   * An Event's message without what differs from one try to the next, which would have the status
   * written at each: the names of a Job's pods are random.
   */
  public static String words(Event event) {
    var message = Objects.requireNonNullElse(event.getMessage(), "");
    if (message.startsWith(COMBINED)) {
      message = message.substring(COMBINED.length());
    }
    var owner = event.getInvolvedObject();
    return "Job".equals(owner.getKind())
        ? message.replaceAll(Pattern.quote("\"" + owner.getName()) + "-[a-z0-9]{5}\"", "of the Job")
        : message;
  }

  public static Instant at(Event event) {
    return Instant.parse(
        Optional.ofNullable(event.getLastTimestamp())
            .or(() -> Optional.ofNullable(event.getEventTime()).map(MicroTime::getTime))
            .orElse(event.getMetadata().getCreationTimestamp()));
  }

  private static Event reduced(Event event) {
    var owner = event.getInvolvedObject();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(event.getMetadata().getNamespace())
        .withName(event.getMetadata().getName())
        .withResourceVersion(event.getMetadata().getResourceVersion())
        .endMetadata()
        .withNewInvolvedObject()
        .withUid(owner.getUid())
        .endInvolvedObject()
        .withMessage(words(event))
        .withLastTimestamp(at(event).toString())
        .build();
  }

  @Override
  public String getKey(Event event) {
    return event.getMetadata().getNamespace() + "/" + event.getMetadata().getName();
  }

  @Override
  public Event put(String key, Event event) {
    return matters.test(event) ? kept.put(key, reduced(event)) : kept.remove(key);
  }

  @Override
  public Event remove(String key) {
    return kept.remove(key);
  }

  @Override
  public Stream<String> keySet() {
    return kept.keySet().stream();
  }

  @Override
  public Stream<Event> values() {
    return kept.values().stream();
  }

  @Override
  public int size() {
    return kept.size();
  }

  @Override
  public Event get(String key) {
    return kept.get(key);
  }

  @Override
  public boolean isFullState() {
    return false;
  }
}
