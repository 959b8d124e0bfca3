package dev.voting.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Credentials that the API server does not let the operator store. */
class CredentialsNotStoredIT extends ClusterTests {

  private static final Duration MANY_RETRIES = Duration.ofSeconds(8);

  @Test
  void nobodyIsGivenCredentialsThatAreNotStored() {
    var subject = ready("{}");
    var before = secrets(subject);
    merge(store(subject).get(), "{\"immutable\":true}");
    subject.apply("{secrets: {rotate: one}}");
    subject.awaitCondition("Degraded", "True", "CredentialsNotStored");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains("voting-secrets", "immutable", "delete it");
    var made = made(subject);

    // Whatever wakes the operator, which then tries again at once.
    for (int i = 0; i < 20; i++) {
      merge(api(subject), "{\"metadata\":{\"annotations\":{\"round\":\"%d\"}}}".formatted(i));
    }
    letPass(MANY_RETRIES);
    assertThat(made(subject)).isEqualTo(made);
    assertThat(secrets(subject)).isEqualTo(before);

    // All else goes on, with the old credentials.
    subject.apply("{secrets: {rotate: one}, api: {replicas: 3}}");
    await()
        .atMost(Subjects.SOON)
        .until(() -> client.resource(api(subject)).get().getSpec().getReplicas() == 3);
    assertThat(secrets(subject)).isEqualTo(before);

    makeMutable(subject);
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              assertThat(subject.condition("CredentialsRotated"))
                  .hasValueSatisfying(
                      rotated -> assertThat(rotated.getReason()).isEqualTo("Rotated"));
            });
    subject.awaitReady();
    assertThat(events(subject, "RotationStarted")).hasSize(1);
    assertThat(events(subject, "CredentialsRotated")).hasSize(1);
    assertThat(subject.jobs()).hasSize(1);
  }

  @Test
  void aStoreThatIsDeletedIsMadeAgainWithTheSamePasswords() {
    var subject = ready("{}");
    var before = secrets(subject);
    var uid = store(subject).get().getMetadata().getUid();
    store(subject).delete();
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(store(subject).get())
                    .isNotNull()
                    .satisfies(
                        secret -> assertThat(secret.getMetadata().getUid()).isNotEqualTo(uid)));
    assertThat(secrets(subject)).isEqualTo(before);
  }

  @Test
  void theEndOfARotationWaitsUntilItIsStored() {
    var subject = ready("{}");
    subject.apply("{secrets: {rotate: one}}");
    await().atMost(Subjects.SOON).until(() -> data(subject).containsKey("POSTGRES_API_B_PASSWORD"));
    merge(store(subject).get(), "{\"immutable\":true}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              assertThat(subject.condition("Degraded").orElseThrow().getReason())
                  .isEqualTo("CredentialsNotStored");
            });
    assertThat(subject.condition("CredentialsRotated").orElseThrow().getStatus())
        .isEqualTo("False");
    assertThat(events(subject, "CredentialsRotated")).isEmpty();
    var during = data(subject);
    makeMutable(subject);
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              assertThat(data(subject)).doesNotContainKey("POSTGRES_API_PASSWORD").isNotEmpty();
            });
    subject.awaitCondition("CredentialsRotated", "True", "Rotated");
    var after = new TreeMap<>(during);
    after.keySet().removeIf(key -> key.matches("(POSTGRES|REDIS)_(API|CONSUMER)_PASSWORD"));
    assertThat(data(subject)).isEqualTo(after);
  }

  /** Its pods would start with the old passwords, and those end with the rotation. */
  @Test
  void nobodyRollsToCredentialsThatItsOwnSecretDoesNotHoldYet() {
    var subject = ready("{}");
    var copy = secret(subject.names.apiNamespace());
    var before = api(subject).getSpec().getTemplate();
    merge(copy.get(), "{\"immutable\":true}");
    subject.apply("{secrets: {rotate: one}}");
    subject.awaitCondition("Degraded", "True", "Invalid");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains(subject.names.apiNamespace(), "voting-secrets", "immutable", "delete it");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              // The consumer goes on.
              assertThat(subject.decoded(subject.names.consumerNamespace()).get(Names.REDIS_URL))
                  .contains("consumer_b:");
              assertThat(subject.jobs()).hasSize(1);
            });
    letPass(MANY_RETRIES);
    assertThat(api(subject).getSpec().getTemplate()).isEqualTo(before);
    assertThat(subject.condition("CredentialsRotated").orElseThrow().getStatus())
        .isEqualTo("False");
    assertThat(data(subject)).containsKey("REDIS_API_PASSWORD");

    copy.delete();
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              assertThat(data(subject)).doesNotContainKey("REDIS_API_PASSWORD").isNotEmpty();
            });
    subject.awaitCondition("CredentialsRotated", "True", "Rotated");
    assertThat(api(subject).getSpec().getTemplate()).isNotEqualTo(before);
  }

  /** Nothing else makes an immutable Secret mutable again. */
  private static void makeMutable(Subjects subject) {
    store(subject).delete();
    await().atMost(Subjects.SOON).until(() -> store(subject).get() != null);
  }

  private static Resource<Secret> store(Subjects subject) {
    return secret(subject.names.dataNamespace());
  }

  private static Resource<Secret> secret(String namespace) {
    return client.secrets().inNamespace(namespace).withName(Names.CREDENTIALS);
  }

  private static Deployment api(Subjects subject) {
    return all(Deployment.class, subject.names.apiNamespace()).getFirst();
  }

  private static Map<String, String> data(Subjects subject) {
    return subject.decoded(subject.names.dataNamespace());
  }

  private static Map<String, Map<String, String>> secrets(Subjects subject) {
    var secrets = new TreeMap<String, Map<String, String>>();
    subject.names.namespaces().forEach(name -> secrets.put(name, subject.decoded(name)));
    return secrets;
  }

  /** What a rollout would make, and what was said. */
  private static List<Object> made(Subjects subject) {
    return List.of(
        subject.jobs(),
        templates(subject),
        client
            .resources(Event.class)
            .inNamespace("default")
            .withField("involvedObject.name", subject.name)
            .list()
            .getItems()
            .stream()
            .map(HasMetadata::getMetadata)
            .map(metadata -> metadata.getName())
            .sorted()
            .toList());
  }

  private static List<String> events(Subjects subject, String reason) {
    return events(subject).stream().filter(event -> event.startsWith(reason + ":")).toList();
  }
}
