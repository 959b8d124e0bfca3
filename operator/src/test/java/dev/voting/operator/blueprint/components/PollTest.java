package dev.voting.operator.blueprint.components;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.PodTemplates;
import dev.voting.operator.blueprint.Renderings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a poll adds, and what a change of one does not touch. */
class PollTest {

  private static final String OPTIONS =
      "options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}]";
  private static final String POLL = "title: Lunch?, " + OPTIONS;

  @Test
  void aPollAddsItsOwnObjectsAndChangesTheApiAlone() {
    var without = byKey("{}");
    var with = byKey("{poll: {%s}}".formatted(POLL));
    var changed =
        with.entrySet().stream()
            .filter(entry -> without.containsKey(entry.getKey()))
            .filter(entry -> !entry.getValue().equals(without.get(entry.getKey())))
            .map(Map.Entry::getKey)
            .toList();
    assertThat(with.keySet()).containsAll(without.keySet());
    // The servers' policies admit its Job.
    assertThat(changed)
        .containsExactlyInAnyOrder(
            "Deployment/voting-api/api",
            "NetworkPolicy/voting-data/postgres",
            "NetworkPolicy/voting-data/redis",
            "Secret/voting-api/voting-secrets",
            "Secret/voting-data/voting-secrets");
    assertThat(with.keySet())
        .filteredOn(key -> !without.containsKey(key))
        .hasSize(5)
        .anyMatch("ConfigMap/voting-api/poll"::equals)
        .anyMatch(key -> key.matches("ConfigMap/voting-consumer/poll-[0-9a-f]{10}"))
        .anyMatch(key -> key.matches("Job/voting-consumer/poll-[0-9a-f]{10}"))
        .anyMatch("NetworkPolicy/voting-consumer/poll-data"::equals)
        .anyMatch("ServiceAccount/voting-consumer/poll"::equals);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "title: Dinner?, " + OPTIONS,
        POLL + ", round: '2', results: AfterClose, ballots: {per: Token, tokens: 3}",
        POLL + ", closesAt: '2026-12-01T18:05:00Z', order: Shuffled, language: ja",
        "title: Lunch?, options: [{key: a, label: A}, {key: b, label: B}, {key: c, label: C}]"
      })
  void aChangedPollHasAJobOfItsOwnAndRestartsNothing(String changed) {
    var before = templates("{poll: {%s}}".formatted(POLL));
    var after = templates("{poll: {%s}}".formatted(changed));
    assertThat(after.remove("poll")).isNotEqualTo(before.remove("poll"));
    assertThat(after).isEqualTo(before).hasSize(5);
    var jobs = names("{poll: {%s}}".formatted(changed), "Job/voting-consumer/poll-");
    assertThat(jobs).hasSize(1);
    assertThat(jobs)
        .isNotEqualTo(names("{poll: {%s}}".formatted(POLL), "Job/voting-consumer/poll-"));
  }

  @Test
  void theFilesHoldTheWholeDefinition() {
    var app = app("{poll: {%s, closesAt: '2026-12-01T18:05:00Z'}}".formatted(POLL));
    app.getMetadata().setUid("u1");
    app.getMetadata().setGeneration(7L);
    var files =
        Renderings.of(app)
            .objects()
            .filter(ConfigMap.class::isInstance)
            .map(ConfigMap.class::cast)
            .filter(map -> "poll".equals(map.getMetadata().getLabels().get(Names.COMPONENT)))
            .toList();
    var json =
        "{\"title\":\"Lunch?\",\"options\":[{\"key\":\"pizza\",\"label\":\"Pizza\",\"retired\":false},"
            + "{\"key\":\"salad\",\"label\":\"Salad\",\"retired\":false}],\"order\":\"Listed\","
            + "\"round\":\"1\",\"closesAt\":\"2026-12-01T18:05:00Z\",\"results\":\"Live\","
            + "\"language\":\"en\",\"ballots\":{\"per\":\"Request\",\"changeable\":true}}";
    assertThat(files)
        .extracting(ConfigMap::getData)
        .containsExactlyInAnyOrder(
            Map.of("poll.json", json),
            Map.of("poll.json", json, "source", "u1", "generation", "7"));
  }

  @Test
  void anotherGenerationOfTheSamePollNeedsNoJob() {
    var app = app("{poll: {%s}}".formatted(POLL));
    var before = byKey(Renderings.of(app));
    app.getMetadata().setGeneration(8L);
    assertThat(byKey(Renderings.of(app)).keySet()).isEqualTo(before.keySet());
  }

  @ParameterizedTest
  @CsvSource({
    "1, Closed, 2026-12-01T18:05:00Z, true",
    "1, Final, 2026-12-01T18:05:00Z, true",
    "1, Open, 2026-12-01T18:05:00Z, false",
    "2, Closed, 2026-12-01T18:05:00Z, false",
    "1, Closed, 2026-12-01T18:04:00Z, false"
  })
  void onceItsRoundHasClosedTheJobWaitsForTheEnd(
      String round, String state, String closesAt, boolean waits) {
    var app = app("{poll: {%s, closesAt: '2026-12-01T18:05:00Z'}}".formatted(POLL));
    assertThat(Poll.waitsUntilFinal(Renderings.of(app))).isFalse();
    app.setStatus(
        Serialization.unmarshal(
            "poll: {round: '%s', state: %s, closesAt: '%s'}".formatted(round, state, closesAt),
            dev.voting.crd.VotingAppStatus.class));
    assertThat(Poll.waitsUntilFinal(Renderings.of(app))).isEqualTo(waits);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://a.example | Browser | true",
        "https://a.example | Request | false",
        "*                 | Browser | false"
      })
  void anIngressLetsOtherSitesSendWhatABallotNeeds(String origin, String per, String credentials) {
    var annotations =
        Renderings.of(
                app(
                    "{api: {corsOrigins: ['%s']}, poll: {%s, ballots: {per: %s}}}"
                        .formatted(origin, POLL, per)))
            .objects()
            .filter(Ingress.class::isInstance)
            .filter(ingress -> ingress.getMetadata().getName().equals("api"))
            .findFirst()
            .orElseThrow()
            .getMetadata()
            .getAnnotations();
    assertThat(annotations)
        .containsEntry(
            "nginx.ingress.kubernetes.io/cors-allow-headers",
            "Accept, Content-Type, Idempotency-Key, Last-Event-ID, Ballot-Token, Poll-Round")
        .containsEntry(
            "nginx.ingress.kubernetes.io/cors-expose-headers",
            "Age, Retry-After, Warning, Poll-Round")
        .containsEntry("nginx.ingress.kubernetes.io/cors-allow-credentials", credentials);
  }

  private static List<String> names(String spec, String prefix) {
    return byKey(spec).keySet().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  private static Map<String, String> templates(String spec) {
    return PodTemplates.of(Renderings.of(app(spec)))
        .collect(
            Collectors.toMap(
                PodTemplates::component,
                pod -> Serialization.asYaml(pod.template()),
                (a, _) -> a,
                TreeMap::new));
  }

  private static Map<String, String> byKey(String spec) {
    return byKey(Renderings.of(app(spec)));
  }

  private static Map<String, String> byKey(Blueprint blueprint) {
    return blueprint
        .objects()
        .collect(Collectors.toMap(PollTest::key, Serialization::asYaml, (a, _) -> a, TreeMap::new));
  }

  private static String key(HasMetadata object) {
    return "%s/%s/%s"
        .formatted(
            object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  private static VotingApp app(String spec) {
    return Serialization.unmarshal(
        "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: voting}\nspec: " + spec,
        VotingApp.class);
  }
}
