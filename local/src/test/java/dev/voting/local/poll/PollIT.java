package dev.voting.local.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus.PollStatus.State;
import dev.voting.local.Up;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A poll of a whole system, changed, closed and begun again while votes flow. */
class PollIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final String PIZZA = "{\"key\":\"pizza\",\"label\":\"Pizza\"}";
  private static final String SALAD = "{\"key\":\"salad\",\"label\":\"Salad\"}";
  private static final String SOUP = "{\"key\":\"soup\",\"label\":\"Soup\"}";

  private static Path corner;
  private static Up up;
  private static KubernetesClient client;
  private static String address;

  @BeforeAll
  static void start() throws Exception {
    corner = Up.corner();
    var file =
        Files.writeString(
            corner.resolve("poll.yaml"),
            """
            apiVersion: voting.dev/v1alpha1
            kind: VotingApp
            metadata: {name: poll}
            spec:
              api: {replicas: 2}
              poll:
                title: Lunch?
                options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}]
            """);
    up = Up.start(corner, "-f", file.toString());
    address = "http://localhost:" + up.awaitReady(PATIENCE);
    client = up.client();
  }

  @AfterAll
  static void stop() throws IOException {
    client.close();
    up.close();
    Up.clear(corner);
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class);
  }

  @Test
  void aChangeRestartsNothingAndLosesNoVote() throws Exception {
    declare("changes", options(PIZZA, SALAD));
    var pods = pods();
    try (var voters = Voters.start(address, "pizza", "changes")) {
      voters.awaitFurther(20);
      declare("changes", options(PIZZA, SALAD, SOUP));
      assertThat(voters.once("soup")).isEqualTo(201);
      assertThat(voters.once("cats")).isEqualTo(422);
      declare("changes", options(PIZZA, SALAD.replace("Salad", "Green salad"), SOUP));
      declare("changes", options(PIZZA, SALAD.replace("}", ",\"retired\":true}"), SOUP));
      assertThat(voters.once("salad")).isEqualTo(422);

      // What the API server cannot see the database does, and the definition of before stays in
      // force.
      assertThatThrownBy(() -> patch("changes", options(PIZZA, SOUP)))
          .hasMessageContaining("spec.poll.options: ");
      assertThatThrownBy(
              () ->
                  patch(
                      "changes",
                      options(PIZZA, SALAD, SOUP) + ",\"ballots\":{\"per\":\"Browser\"}"))
          .hasMessageContaining("spec.poll.ballots: ");
      declare("changes", options(PIZZA, SALAD.replace("Salad", "Leaves"), SOUP));
      patch(
          "changes",
          options(PIZZA, SALAD.replace("Salad", "Leaves"), SOUP.replace("Soup", "Salad")));
      await()
          .untilAsserted(
              () -> {
                var applied = condition("PollApplied");
                assertThat(applied.getReason()).isEqualTo("RoundConflict");
                assertThat(applied.getMessage())
                    .startsWith("spec.poll.options: the label of \"soup\"");
              });
      assertThat(condition("Ready").getStatus()).isEqualTo("True");
      voters.awaitFurther(20);
      declare("changes", options(PIZZA, SALAD.replace("Salad", "Leaves"), SOUP));
      voters.end();

      assertThat(voters.answers().keySet()).containsExactly(201);
      // And the one soup.
      awaitTotal("changes", voters.answers().get(201) + 1);
    }
    assertThat(pods()).isEqualTo(pods);
  }

  /** Nobody has to be awake: not the operator, which is paused meanwhile. */
  @Test
  void theCloseHoldsWhileVotesFlow() throws Exception {
    declare("close", options(PIZZA, SALAD));
    try (var voters = Voters.start(address, "pizza", "close")) {
      voters.awaitFurther(20);
      var closes = Instant.now().plusSeconds(12).truncatedTo(ChronoUnit.SECONDS);
      patch("close", options(PIZZA, SALAD) + ",\"closesAt\":\"%s\"".formatted(closes));
      await()
          .until(() -> voters.get("/api/poll").path("closesAt").asText().equals(closes.toString()));
      pause(true);
      await().until(() -> voters.answers().getOrDefault(409, 0) > 20);
      await().until(() -> voters.get("/api/poll").path("final").asBoolean());
      voters.end();

      assertThat(voters.answers().keySet()).containsExactlyInAnyOrder(201, 409);
      assertThat(total(voters.get("/api/results"))).isEqualTo(voters.answers().get(201));
      assertThat(voters.once("pizza")).isEqualTo(409);
      assertThat(total(voters.get("/api/results"))).isEqualTo(voters.answers().get(201));
    } finally {
      pause(false);
    }
    await().untilAsserted(() -> assertThat(condition("PollOpen").getReason()).isEqualTo("Final"));
    assertThat(app().getStatus().poll().state()).isEqualTo(State.Final);

    // Final means final.
    patch("close", options(PIZZA, SALAD));
    await()
        .untilAsserted(
            () -> assertThat(condition("PollApplied").getReason()).isEqualTo("RoundConflict"));
  }

  @Test
  void aRoundHasCountsOfItsOwnAndKeepsThem() throws Exception {
    declare("one", options(PIZZA, SALAD));
    try (var first = Voters.start(address, "pizza", "one");
        var second = Voters.start(address, "salad", "two")) {
      first.awaitFurther(20);
      declare("two", options(PIZZA, SALAD));
      second.awaitFurther(20);
      first.end();
      second.end();
      assertThat(first.answers().keySet()).containsExactlyInAnyOrder(201, 409);
      assertThat(second.answers().keySet()).containsExactlyInAnyOrder(201, 409);
      awaitTotal("two", second.answers().get(201));
      assertThat(second.get("/api/results?round=one").path("pizza").asInt())
          .isEqualTo(first.answers().get(201));
      assertThat(second.get("/api/results?round=two").path("pizza").asInt()).isZero();

      declare("one", options(PIZZA, SALAD));
      awaitTotal("one", first.answers().get(201));
      assertThat(second.get("/api/results?round=two").path("salad").asInt())
          .isEqualTo(second.answers().get(201));
    }
  }

  private static String options(String... options) {
    return "\"options\":[" + String.join(",", options) + "]";
  }

  /** Puts a poll in force, and waits until the API and the status say so. */
  private static void declare(String round, String fields) {
    patch(round, fields);
    await()
        .untilAsserted(
            () -> {
              var app = app();
              var applied = condition("PollApplied");
              assertThat(applied.getReason()).as(applied.getMessage()).isEqualTo("Declared");
              assertThat(applied.getObservedGeneration())
                  .isEqualTo(app.getMetadata().getGeneration());
              try (var voters = Voters.idle(address)) {
                var poll = voters.get("/api/poll");
                assertThat(poll.path("round").asText()).isEqualTo(round);
                assertThat(poll.path("revision").asInt())
                    .isEqualTo(app.getStatus().poll().revision());
              }
            });
  }

  private static void patch(String round, String fields) {
    merge(
        "{\"poll\":{\"title\":\"Lunch?\",\"round\":\"%s\",\"closesAt\":null,%s}}"
            .formatted(round, fields));
  }

  private static void pause(boolean paused) {
    merge("{\"paused\":%s}".formatted(paused));
  }

  private static void merge(String spec) {
    client
        .resources(VotingApp.class)
        .withName("poll")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":%s}".formatted(spec));
  }

  private static VotingApp app() {
    return client.resources(VotingApp.class).withName("poll").get();
  }

  private static Condition condition(String type) {
    return app().getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitTotal(String round, int votes) {
    await()
        .untilAsserted(
            () -> {
              try (var voters = Voters.idle(address)) {
                assertThat(total(voters.get("/api/results?round=" + round))).isEqualTo(votes);
              }
            });
  }

  private static int total(JsonNode results) {
    return results.path("total").asInt();
  }

  /** Everything that runs for long, and how often it was started again. */
  private static Map<String, Integer> pods() {
    return client.pods().inAnyNamespace().list().getItems().stream()
        .filter(pod -> !Names.POLL.equals(pod.getMetadata().getLabels().get(Names.COMPONENT)))
        .collect(
            Collectors.toMap(
                pod -> pod.getMetadata().getName() + "/" + pod.getMetadata().getUid(),
                pod ->
                    pod.getStatus().getContainerStatuses().stream()
                        .mapToInt(status -> status.getRestartCount())
                        .sum(),
                (a, _) -> a,
                TreeMap::new));
  }
}
