package dev.voting.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.MicroTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is kept of the Events of a whole cluster. */
class RefusalsTest {

  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  private final Refusals refusals =
      new Refusals(event -> Ownership.appsOf(event).contains("voting"));

  @Test
  void otherPeoplesEventsAreNot() {
    for (int i = 0; i < 1000; i++) {
      put(event("shop-api", "e" + i, "u" + i, "no", THEN));
    }
    assertThat(refusals.size()).isZero();
  }

  @Test
  void ofEachTheFewWordsThatAreReported() {
    put(event("voting-data", "e", "u", "no", THEN));
    assertThat(refusals.of("u")).contains("no");
    assertThat(refusals.of("another")).isEmpty();
    assertThat(refusals.values())
        .singleElement()
        .satisfies(
            kept -> {
              assertThat(kept.getMetadata().getManagedFields()).isEmpty();
              assertThat(kept.getMetadata().getAnnotations()).isNullOrEmpty();
              assertThat(kept.getSource()).isNull();
            });
  }

  @Test
  void theNewestCounts() {
    put(event("voting-data", "e1", "u", "newer", THEN.plusSeconds(1)));
    put(event("voting-data", "e2", "u", "older", THEN));
    assertThat(refusals.of("u")).contains("newer");
    var modern = event("voting-data", "e3", "u", "newest", THEN);
    modern.setLastTimestamp(null);
    modern.setEventTime(new MicroTime("2026-01-01T00:00:02.000000Z"));
    put(modern);
    assertThat(refusals.of("u")).contains("newest");
  }

  @Test
  void whatIsOverIsForgottenUnlessItIsNew() {
    put(event("voting-data", "e", "u", "no", THEN));
    refusals.forget("u", THEN);
    assertThat(refusals.of("u")).isPresent();
    refusals.forget("u", THEN.plusSeconds(1));
    assertThat(refusals.of("u")).isEmpty();
    put(event("voting-data", "e", "u", "no again", THEN.plusSeconds(9)));
    assertThat(refusals.of("u")).contains("no again");
  }

  @Test
  void allTriesOfAJobSayTheSame() {
    assertThat(words("Error creating: pods \"name-x7k2p\" is forbidden: no"))
        .isEqualTo(
            words(
                "(combined from similar events): Error creating: pods \"name-9zqwm\" is"
                    + " forbidden: no"))
        .contains("is forbidden: no");
    assertThat(words("Error creating: pods \"name-x7k2p\" is forbidden: yes"))
        .isNotEqualTo(words("Error creating: pods \"name-x7k2p\" is forbidden: no"));
  }

  private static String words(String message) {
    return Refusals.words(event("voting-consumer", "e", "u", message, THEN));
  }

  private void put(Event event) {
    refusals.put(refusals.getKey(event), event);
  }

  private static Event event(
      String namespace, String name, String uid, String message, Instant at) {
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .addToAnnotations("some", "text")
        .addNewManagedField()
        .withManager("a controller")
        .endManagedField()
        .endMetadata()
        .withNewInvolvedObject()
        .withKind("Job")
        .withName("name")
        .withUid(uid)
        .endInvolvedObject()
        .withNewSource("a controller", null)
        .withMessage(message)
        .withLastTimestamp(at.toString())
        .build();
  }
}
