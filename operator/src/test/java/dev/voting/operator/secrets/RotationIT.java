package dev.voting.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rotation of the credentials, step by step, with an operator that is killed at each. */
class RotationIT extends ClusterTests {
  private static final List<String> FIRST =
      List.of(
          "POSTGRES_API_PASSWORD",
          "POSTGRES_CONSUMER_PASSWORD",
          "REDIS_API_PASSWORD",
          "REDIS_CONSUMER_PASSWORD");
  private static final List<String> SECOND =
      List.of(
          "POSTGRES_API_B_PASSWORD",
          "POSTGRES_CONSUMER_B_PASSWORD",
          "REDIS_API_B_PASSWORD",
          "REDIS_CONSUMER_B_PASSWORD");

  private Subjects subject;

  @BeforeEach
  void makeSubject() {
    subject = ready("{}");
  }

  private void restartOperator() {
    operator.close();
    operator = start();
  }

  @Test
  void oldAndNewAreValidTogetherUntilNobodyUsesTheOld() {
    var before = data();
    assertThat(before).containsKeys(FIRST.toArray(String[]::new));
    assertThat(subject.condition("CredentialsRotated")).isEmpty();
    var oldPod = subject.podOfTheApi();

    subject.apply("{secrets: {rotate: one}}");
    awaitRotating("one", "api");
    var during = data();
    assertThat(during).containsKeys(SECOND.toArray(String[]::new));
    FIRST.forEach(key -> assertThat(during).containsEntry(key, before.get(key)));
    for (int i = 0; i < FIRST.size(); i++) {
      assertThat(during.get(SECOND.get(i))).hasSize(48).isNotEqualTo(before.get(FIRST.get(i)));
    }
    for (var owner : List.of(Names.POSTGRES_PASSWORD, Names.REDIS_PASSWORD)) {
      assertThat(during.get(owner)).hasSize(48).isNotEqualTo(before.get(owner));
    }
    assertUse(during, "_b");

    restartOperator();
    // Pods of the new template that are ready are not enough: one of the old serves still.
    awaitWaitingOnlyFor(oldPod);
    assertThat(data()).isEqualTo(during);

    restartOperator();
    client.resource(oldPod).withGracePeriod(0).delete();
    awaitRotated("one");
    var after = data();
    assertThat(after).doesNotContainKeys(FIRST.toArray(String[]::new));
    var expected = new TreeMap<>(during);
    FIRST.forEach(expected::remove);
    assertThat(after).isEqualTo(expected);
    assertUse(after, "_b");
    assertThat(events()).contains("RotationStarted", "CredentialsRotated");

    restartOperator();
    subject.awaitReady();
    assertThat(data()).isEqualTo(after);
    // The same word once more asks for nothing.
    subject.apply("{secrets: {rotate: one}, api: {recordClient: false}}");
    subject.awaitReady();
    assertThat(data()).isEqualTo(after);
  }

  /** The tokens that were handed out are worth something as long as it stays. */
  @Test
  void theKeyOfTheBallotsStays() {
    var poll = "title: a, options: [{key: a, label: A}, {key: b, label: B}]";
    assertThat(data()).doesNotContainKey(Names.BALLOT_KEY);
    subject.apply("{poll: {%s}}".formatted(poll));
    subject.awaitReady();
    var key = data().get(Names.BALLOT_KEY);
    assertThat(key).matches("[0-9a-f]{64}");
    assertThat(subject.decoded(subject.names.apiNamespace())).containsEntry(Names.BALLOT_KEY, key);
    assertThat(subject.decoded(subject.names.consumerNamespace()))
        .doesNotContainKey(Names.BALLOT_KEY);

    subject.apply("{secrets: {rotate: one}, poll: {%s}}".formatted(poll));
    awaitRotated("one");
    assertThat(data()).containsEntry(Names.BALLOT_KEY, key);
    assertThat(subject.decoded(subject.names.apiNamespace())).containsEntry(Names.BALLOT_KEY, key);

    // The store is gone for one who has never seen it; the API's copy is not.
    operator.close();
    client
        .secrets()
        .inNamespace(subject.names.dataNamespace())
        .withName(Names.CREDENTIALS)
        .delete();
    operator = start();
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(data()).containsEntry(Names.BALLOT_KEY, key));

    // It stays without a poll too, for the next one; the API is not given it.
    subject.apply("{secrets: {rotate: one}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.decoded(subject.names.apiNamespace()))
                    .isNotEmpty()
                    .doesNotContainKey(Names.BALLOT_KEY));
    assertThat(data()).containsEntry(Names.BALLOT_KEY, key);
  }

  @Test
  void aSecondRotationWaitsForTheFirstAndGoesBackToTheFirstLogins() {
    var before = data();
    var oldPod = subject.podOfTheApi();
    subject.apply("{secrets: {rotate: one}}");
    awaitRotating("one", "api");
    var during = data();
    subject.apply("{secrets: {rotate: two}, api: {recordClient: false}}");
    awaitWaitingOnlyFor(oldPod);
    assertThat(data()).isEqualTo(during);

    client.resource(oldPod).withGracePeriod(0).delete();
    awaitRotating("two", "api");
    var second = data();
    SECOND.forEach(key -> assertThat(second).containsEntry(key, during.get(key)));
    FIRST.forEach(key -> assertThat(second.get(key)).hasSize(48).isNotEqualTo(before.get(key)));
    assertUse(second, "");
    awaitRotated("two");
    assertThat(data()).containsKeys(FIRST.toArray(String[]::new));
    assertThat(data()).doesNotContainKeys(SECOND.toArray(String[]::new));
  }

  /** The data namespace's Secret is written before anything else, and is enough to go on from. */
  @Test
  void anOperatorThatDiesAfterItsFirstWriteGoesOnWithTheSameCredentials() {
    operator.close();
    subject.apply("{secrets: {rotate: one}}");
    var patch = new StringBuilder();
    SECOND.forEach(key -> patch.append("\"%s\":\"%s\",".formatted(key, "new-" + key)));
    patch.append("\"LOGINS_IN_USE\":\"B\",\"ROTATION\":\"one\"");
    client
        .secrets()
        .inNamespace(subject.names.dataNamespace())
        .withName(Names.CREDENTIALS)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"stringData\":{" + patch + "}}");
    operator = start();
    awaitRotated("one");
    SECOND.forEach(key -> assertThat(data()).containsEntry(key, "new-" + key));
    assertThat(data()).doesNotContainKeys(FIRST.toArray(String[]::new));
    assertUse(data(), "_b");
  }

  @Test
  void aChangedSecretOfTheUsersRotatesEverything() {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("mine")
                .withNamespace(subject.names.dataNamespace())
                .endMetadata()
                .addToStringData("password", "my first")
                .build())
        .create();
    subject.apply("{secrets: {postgres: {passwordSecretRef: {name: mine, key: password}}}}");
    awaitOwner("my first");
    awaitEnded();
    var before = data();
    client
        .secrets()
        .inNamespace(subject.names.dataNamespace())
        .withName("mine")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE), "{\"stringData\":{\"password\":\"my second\"}}");
    awaitOwner("my second");
    awaitEnded();
    var after = data();
    assertThat(after.get(Names.LOGINS_IN_USE)).isNotEqualTo(before.get(Names.LOGINS_IN_USE));
    assertThat(after.get(Names.REDIS_PASSWORD)).isNotEqualTo(before.get(Names.REDIS_PASSWORD));
    assertThat(after).hasSameSizeAs(before);
  }

  @Test
  void nothingBeginsWhilePaused() {
    var before = data();
    subject.apply("{paused: true, secrets: {rotate: one}}");
    subject.awaitCondition("Progressing", "False", "Paused");
    assertThat(data()).isEqualTo(before);
    subject.apply("{secrets: {rotate: one}}");
    awaitRotated("one");
  }

  private void awaitOwner(String password) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(data()).containsEntry(Names.POSTGRES_PASSWORD, password));
  }

  private void awaitRotating(String token, String waitsFor) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition("CredentialsRotated"))
                    .hasValueSatisfying(
                        condition -> {
                          assertThat(condition.getStatus()).isEqualTo("False");
                          assertThat(condition.getReason()).isEqualTo("Rotating");
                          assertThat(condition.getMessage()).contains(token).contains(waitsFor);
                        }));
  }

  private void awaitWaitingOnlyFor(Pod pod) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              assertThat(subject.condition("CredentialsRotated").orElseThrow().getMessage())
                  .endsWith(
                      "waits for Pod "
                          + pod.getMetadata().getName()
                          + " with the old credentials to end");
            });
  }

  private void awaitRotated(String token) {
    awaitEnded();
    assertThat(subject.condition("CredentialsRotated").orElseThrow().getMessage()).contains(token);
  }

  private void awaitEnded() {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              assertThat(subject.condition("CredentialsRotated"))
                  .hasValueSatisfying(
                      condition ->
                          assertThat(condition.getReason())
                              .as(condition.getMessage())
                              .isEqualTo("Rotated"));
              assertThat(
                      data().keySet().stream().filter(key -> key.matches(".*_(API|CONSUMER)_.*")))
                  .hasSize(4);
            });
  }

  private void assertUse(Map<String, String> data, String suffix) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              for (var component : List.of("api", "consumer")) {
                var urls =
                    subject.decoded(
                        component.equals("api")
                            ? subject.names.apiNamespace()
                            : subject.names.consumerNamespace());
                var key = "_" + (component + suffix).toUpperCase() + "_PASSWORD";
                assertThat(urls.get(Names.DATABASE_URL))
                    .contains(
                        "//voting_%s:%s@"
                            .formatted(component + suffix, data.get("POSTGRES" + key)));
                assertThat(urls.get(Names.REDIS_URL))
                    .contains("//%s:%s@".formatted(component + suffix, data.get("REDIS" + key)));
              }
            });
  }

  private Map<String, String> data() {
    return subject.decoded(subject.names.dataNamespace());
  }

  private List<String> events() {
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(subject.name))
        .map(event -> event.getReason())
        .toList();
  }
}
