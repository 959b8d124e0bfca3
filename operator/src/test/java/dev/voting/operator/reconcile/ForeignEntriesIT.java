package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.OwnedFields;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What others put into the lists of our objects: it stays, unless it is in the way. */
class ForeignEntriesIT extends ClusterTests {

  /** As {@code kubectl set env deploy/api DATABASE_URL=x}. */
  @Test
  void aValueBesideTheReferenceToASecret() {
    var subject = ready("{}");
    var api = api(subject);
    var owned = OwnedFields.digest(api.get());
    var uid = api.get().getMetadata().getUid();
    api.edit(
        deployment -> {
          var env = env(deployment, Names.DATABASE_URL);
          env.setValueFrom(null);
          env.setValue("x");
          return deployment;
        });
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(OwnedFields.digest(api.get())).isEqualTo(owned));
    var env = env(api.get(), Names.DATABASE_URL);
    assertThat(env.getValue()).isNull();
    assertThat(env.getValueFrom().getSecretKeyRef().getName()).isEqualTo(Names.CREDENTIALS);
    assertThat(api.get().getMetadata().getUid()).isEqualTo(uid);
    // The fix left no second claim to our fields, which would outlive them.
    assertThat(api.get().getMetadata().getManagedFields())
        .filteredOn(entry -> entry.getManager().equals(Names.OPERATOR))
        .allMatch(entry -> entry.getOperation().equals("Apply"));
    subject.awaitReady();
  }

  @Test
  void anotherPortOfTheSameName() {
    var subject = ready("{}");
    var service = client.services().inNamespace(subject.names.apiNamespace()).withName("api");
    var ports = service.get().getSpec().getPorts();
    service.edit(
        edited -> {
          edited.getSpec().getPorts().getFirst().setPort(8001);
          return edited;
        });
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(service.get().getSpec().getPorts()).isEqualTo(ports));
    subject.awaitReady();
  }

  @Test
  void whatCannotBeChangedIsMadeAgain() {
    var subject = ready("{}");
    var config =
        client.configMaps().inNamespace(subject.names.dataNamespace()).withName("redis-config");
    var uid = config.get().getMetadata().getUid();
    merge(config.get(), "{\"immutable\":true}");
    subject.apply("{redis: {maxMemory: 150mb}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(Optional.ofNullable(config.get()))
                    .get()
                    .satisfies(
                        now -> {
                          assertThat(now.getMetadata().getUid()).isNotEqualTo(uid);
                          assertThat(now.getData().toString()).contains("150mb");
                        }));
    subject.awaitReady();
  }

  @Test
  void whatDoesNoHarmStays() {
    var subject = ready("{}");
    var api = api(subject);
    api.edit(
        deployment -> {
          var pod = deployment.getSpec().getTemplate().getSpec();
          pod.getContainers().getFirst().getEnv().add(new EnvVar("FOO", "bar", null));
          pod.getContainers()
              .add(new ContainerBuilder().withName("proxy").withImage("proxy:1").build());
          return deployment;
        });
    subject.apply("{api: {recordClient: false}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> assertThat(env(api.get(), "RECORD_CLIENT").getValue()).isEqualTo("false"));
    assertThat(env(api.get(), "FOO").getValue()).isEqualTo("bar");
    assertThat(api.get().getSpec().getTemplate().getSpec().getContainers()).hasSize(2);
  }

  /** A controller of another opinion is answered ever more slowly, and named. */
  @Test
  void aFieldThatSomebodyElseKeepsChanging() {
    var subject = ready("{}");
    var service = client.services().inNamespace(subject.names.apiNamespace()).withName("api").get();
    var rival =
        new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager("rival-controller")
            .build();
    await()
        .atMost(Subjects.SOON)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              if (!"theirs".equals(label(service))) {
                client
                    .resource(service)
                    .patch(
                        rival,
                        "{\"metadata\":{\"labels\":{\"app.kubernetes.io/part-of\":\"theirs\"}}}");
              }
              assertThat(subject.condition("Degraded"))
                  .hasValueSatisfying(
                      degraded -> {
                        assertThat(degraded.getReason()).isEqualTo("FieldContested");
                        assertThat(degraded.getMessage())
                            .contains("rival-controller", "part-of", "Service");
                      });
            });
    // All else goes on, and the field is put back once more when the other one has stopped.
    subject.apply("{api: {replicas: 2}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(api(subject).get().getSpec().getReplicas()).isEqualTo(2);
              assertThat(label(service)).isEqualTo("voting");
            });
  }

  private static String label(Service service) {
    return client
        .resource(service)
        .get()
        .getMetadata()
        .getLabels()
        .get("app.kubernetes.io/part-of");
  }

  private static Resource<Deployment> api(Subjects subject) {
    return client
        .apps()
        .deployments()
        .inNamespace(subject.names.apiNamespace())
        .withName(Names.API);
  }

  private static EnvVar env(Deployment deployment, String name) {
    return deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
        .filter(env -> env.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
