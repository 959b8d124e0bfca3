package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.DeletionPolicy;
import dev.voting.operator.blueprint.Kept;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster.InMemory;
import dev.voting.operator.testing.TestCluster.WithoutControllers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the operator does to a cluster: written against a client alone, so that the same tests run
 * in memory and on a real API server.
 */
class ReconciliationIT extends ClusterTests {

  @Test
  void aVotingAppBecomesAWholeSystem() {
    var subject = ready("{}");
    var app = subject.app();
    assertThat(app.getMetadata().getFinalizers()).isEmpty();
    assertThat(app.getStatus().observedGeneration()).isEqualTo(app.getMetadata().getGeneration());
    assertThat(app.getStatus().url()).isEqualTo("http://voting.local");
    assertThat(app.getStatus().consumerJob()).isEqualTo(subject.jobs().getFirst());
    assertThat(app.getStatus().api().ready()).isEqualTo(1);
    assertThat(subject.condition("Degraded").orElseThrow().getStatus()).isEqualTo("False");
  }

  @Test
  void onceConvergedItFallsSilent() {
    var subject =
        ready(
            "{networkPolicies: {enabled: true}, frontend: {replicas: 2, autoscaling: {maxReplicas:"
                + " 3}}, api: {replicas: 2}, postgres: {resources: {limits: {cpu: '0.5', memory:"
                + " 512Mi}}}}");
    settle(subject);
    var before = subject.versions();
    if (cluster instanceof InMemory(var kubernetes)) {
      try (var log = kubernetes.record()) {
        letPass(Duration.ofSeconds(5));
        assertThat(log.all().stream().filter(request -> !request.watch())).isEmpty();
      }
    } else {
      letPass(Duration.ofSeconds(5));
    }
    assertThat(subject.versions()).isEqualTo(before);
  }

  @Test
  void anAutoscalerTakesOverTheReplicasThatAreThere() {
    var subject = ready("{api: {replicas: 4}}");
    var api = client.apps().deployments().inNamespace(subject.names.apiNamespace()).withName("api");
    subject.apply("{api: {replicas: 4, autoscaling: {minReplicas: 2, maxReplicas: 6}}}");
    await()
        .atMost(Subjects.SOON)
        .until(() -> !all(HorizontalPodAutoscaler.class, subject.names.apiNamespace()).isEmpty());
    assertThat(api.get().getSpec().getReplicas()).isEqualTo(4);
    api.scale(5);
    subject.awaitReady();
    assertThat(api.get().getSpec().getReplicas()).isEqualTo(5);
  }

  @Test
  void whatTheSpecNoLongerWantsIsPruned() {
    var subject = ready("{}");
    subject.apply("{exposure: {type: None}, networkPolicies: {enabled: false}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              for (var namespace : subject.names.namespaces()) {
                assertThat(all(Ingress.class, namespace)).isEmpty();
                assertThat(all(NetworkPolicy.class, namespace)).isEmpty();
              }
            });
    subject.awaitReady();
    assertThat(subject.app().getStatus().url()).isNull();
  }

  @Test
  void othersObjectsAreNotPruned() {
    var subject = ready("{}");
    var theirs =
        new io.fabric8.kubernetes.api.model.ConfigMapBuilder()
            .withNewMetadata()
            .withName("theirs")
            .withNamespace(subject.names.dataNamespace())
            .addToLabels(Names.MANAGED_BY, Names.OPERATOR)
            .addToLabels(Names.INSTANCE, subject.name)
            .endMetadata()
            .build();
    client.resource(theirs).create();
    subject.apply("{exposure: {type: None}}");
    await()
        .atMost(Subjects.SOON)
        .until(() -> all(Ingress.class, subject.names.apiNamespace()).isEmpty());
    assertThat(client.resource(theirs).get()).isNotNull();
  }

  @Test
  void aPausedVotingAppIsReportedAndNotTouched() {
    var subject = ready("{}");
    subject.apply("{paused: true, api: {replicas: 3}}");
    subject.awaitCondition("Progressing", "False", "Paused");
    var api = client.apps().deployments().inNamespace(subject.names.apiNamespace()).withName("api");
    assertThat(api.get().getSpec().getReplicas()).isEqualTo(1);
    subject.apply("{paused: false, api: {replicas: 3}}");
    await().atMost(Subjects.SOON).until(() -> api.get().getSpec().getReplicas() == 3);
  }

  @Test
  void readyTurnsFalseWhenAPodIsLost() {
    assumeThat(cluster).isInstanceOf(WithoutControllers.class);
    var subject = ready("{}");
    var redis =
        client.apps().statefulSets().inNamespace(subject.names.dataNamespace()).withName("redis");
    redis
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"readyReplicas\":0}}");
    subject.awaitCondition("Ready", "False", "PodsNotReady");
    var since = subject.condition("RedisAvailable").orElseThrow().getLastTransitionTime();
    assertThat(since).isNotNull();
    assertThat(subject.condition("ApiAvailable").orElseThrow().getStatus()).isEqualTo("True");
    subject.makePodsReady();
    subject.awaitCondition("Ready", "True", "Available");
  }

  @Test
  void credentialsAreGeneratedOnceAndKeptOverRestarts() {
    var subject = ready("{}");
    var generated = subject.decoded(subject.names.dataNamespace());
    assertThat(generated.get(Names.POSTGRES_PASSWORD)).hasSizeGreaterThanOrEqualTo(32);
    operator.close();
    operator = start();
    subject.apply("{api: {replicas: 2}}");
    subject.awaitReady();
    assertThat(subject.decoded(subject.names.dataNamespace())).isEqualTo(generated);
  }

  @Test
  void theStoreOfCredentialsIsRestoredFromItsCopies() {
    var subject = ready("{}");
    var generated = subject.decoded(subject.names.dataNamespace());
    var copies = List.of(subject.names.apiNamespace(), subject.names.consumerNamespace());
    var before = copies.stream().map(subject::decoded).toList();
    // An operator that has seen the store restores all of it.
    operator.close();
    client
        .secrets()
        .inNamespace(subject.names.dataNamespace())
        .withName(Names.CREDENTIALS)
        .delete();
    operator = start();
    await()
        .atMost(Subjects.SOON)
        .until(() -> !subject.decoded(subject.names.dataNamespace()).isEmpty());
    var restored = subject.decoded(subject.names.dataNamespace());
    // Of the owners' passwords there is no copy anywhere: they are others now.
    assertThat(restored).hasSameSizeAs(generated);
    for (var key : List.of(Names.POSTGRES_PASSWORD, Names.REDIS_PASSWORD)) {
      assertThat(restored.remove(key)).hasSize(48).isNotEqualTo(generated.remove(key));
    }
    assertThat(restored).isEqualTo(generated);
    assertThat(copies.stream().map(subject::decoded).toList()).isEqualTo(before);
  }

  @Test
  void aPasswordThatIsChangedByHandRollsItsClientAndNoServer() {
    var subject = ready("{}");
    var servers = List.of(checksum(subject, "postgres"), checksum(subject, "redis"));
    var api = apiChecksum(subject);
    merge(
        client
            .secrets()
            .inNamespace(subject.names.dataNamespace())
            .withName(Names.CREDENTIALS)
            .get(),
        "{\"stringData\":{\"POSTGRES_API_PASSWORD\":\"another\"}}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(subject.decoded(subject.names.apiNamespace()).get(Names.DATABASE_URL))
                  .contains("://voting_api:another@");
              assertThat(apiChecksum(subject)).isNotEqualTo(api);
            });
    assertThat(List.of(checksum(subject, "postgres"), checksum(subject, "redis")))
        .isEqualTo(servers);
  }

  private static String apiChecksum(Subjects subject) {
    return client
        .apps()
        .deployments()
        .inNamespace(subject.names.apiNamespace())
        .withName("api")
        .get()
        .getSpec()
        .getTemplate()
        .getMetadata()
        .getAnnotations()
        .get(Names.CHECKSUM);
  }

  @Test
  void itWaitsForSecretsThatAreTheUsersAndNeverWritesThem() {
    var subject = subject();
    subject.apply("{secrets: {create: false}}");
    subject.awaitCondition("Ready", "False", "SecretMissing");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains("voting-secrets in namespace " + subject.names.dataNamespace())
        .contains(Names.POSTGRES_PASSWORD);
    secret(
        subject.names.dataNamespace(),
        Names.POSTGRES_USER,
        Names.POSTGRES_PASSWORD,
        Names.REDIS_PASSWORD);
    // The components' logins are the user's own too.
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition("Ready").orElseThrow().getMessage())
                    .contains("lacks the key POSTGRES_API_PASSWORD")
                    .contains("lacks the key REDIS_CONSUMER_PASSWORD"));
    merge(
        client
            .secrets()
            .inNamespace(subject.names.dataNamespace())
            .withName(Names.CREDENTIALS)
            .get(),
        "{\"stringData\":{\"POSTGRES_API_PASSWORD\":\"a\",\"POSTGRES_CONSUMER_PASSWORD\":\"b\","
            + "\"REDIS_API_PASSWORD\":\"c\",\"REDIS_CONSUMER_PASSWORD\":\"d\"}}");
    secret(subject.names.apiNamespace(), Names.DATABASE_URL, Names.REDIS_URL);
    secret(subject.names.consumerNamespace(), Names.DATABASE_URL, Names.REDIS_URL);
    await()
        .atMost(Subjects.SOON)
        .until(
            () ->
                !all(StatefulSet.class, subject.names.dataNamespace()).isEmpty()
                    && !all(Deployment.class, subject.names.apiNamespace()).isEmpty());
    var theirs =
        client
            .secrets()
            .inNamespace(subject.names.dataNamespace())
            .withName(Names.CREDENTIALS)
            .get();
    assertThat(theirs.getMetadata().getLabels()).doesNotContainKey(Names.MANAGED_BY);
    var before = apiChecksum(subject);
    merge(
        client
            .secrets()
            .inNamespace(subject.names.apiNamespace())
            .withName(Names.CREDENTIALS)
            .get(),
        "{\"stringData\":{\"REDIS_URL\":\"redis://api_b:another@redis\"}}");
    await().atMost(Subjects.SOON).until(() -> !apiChecksum(subject).equals(before));
  }

  @Test
  void itNoticesASecretInANamespaceThatIsMadeAfterItBeganToWait() {
    assumeThat(cluster.collectsGarbage()).isTrue();
    var subject = subject();
    subject.apply("{secrets: {create: false}}");
    subject.awaitCondition("Ready", "False", "SecretMissing");
    var first = client.namespaces().withName(subject.names.apiNamespace()).get();
    client.resource(first).delete();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              var now = client.namespaces().withName(subject.names.apiNamespace()).get();
              return now != null
                  && !now.getMetadata().getUid().equals(first.getMetadata().getUid());
            });
    for (var namespace :
        List.of(subject.names.dataNamespace(), subject.names.consumerNamespace())) {
      secret(
          namespace,
          Names.POSTGRES_USER,
          Names.POSTGRES_PASSWORD,
          Names.REDIS_PASSWORD,
          "POSTGRES_API_PASSWORD",
          "POSTGRES_CONSUMER_PASSWORD",
          "REDIS_API_PASSWORD",
          "REDIS_CONSUMER_PASSWORD",
          Names.DATABASE_URL,
          Names.REDIS_URL);
    }
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition("Ready").orElseThrow().getMessage())
                    .contains("namespace " + subject.names.apiNamespace())
                    .doesNotContain("namespace " + subject.names.dataNamespace()));
    secret(subject.names.apiNamespace(), Names.DATABASE_URL, Names.REDIS_URL);
    await()
        .atMost(Subjects.SOON)
        .until(() -> !all(StatefulSet.class, subject.names.dataNamespace()).isEmpty());
  }

  @Test
  void aNamespaceOfSomebodyElseIsNeverTouched() {
    var subject = subject();
    var theirs =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(subject.names.apiNamespace())
            .endMetadata()
            .build();
    client.resource(theirs).create();
    var before = client.resource(theirs).get();
    subject.apply("{}");
    subject.awaitCondition("Ready", "False", "NamespaceConflict");
    assertThat(subject.condition("Ready").orElseThrow().getMessage())
        .contains(subject.names.apiNamespace());
    assertThat(client.resource(theirs).get()).isEqualTo(before);
    // Nothing is made beside it either.
    assertThat(client.namespaces().withName(subject.names.dataNamespace()).get()).isNull();
  }

  @Test
  void aRetainedVotingAppLeavesItsDataAndIsTakenUpAgain() {
    assumeThat(cluster.collectsGarbage()).isTrue();
    var subject = ready("{}");
    var credentials = subject.decoded(subject.names.dataNamespace());
    var data = client.namespaces().withName(subject.names.dataNamespace()).get();
    subject.delete();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(client.namespaces().withName(subject.names.apiNamespace()).get()).isNull();
              assertThat(client.namespaces().withName(subject.names.frontendNamespace()).get())
                  .isNull();
              assertThat(all(StatefulSet.class, subject.names.dataNamespace())).isEmpty();
            });
    assertThat(subject.decoded(subject.names.dataNamespace())).isEqualTo(credentials);
    subject.apply("{}");
    subject.awaitReady();
    assertThat(subject.decoded(subject.names.dataNamespace())).isEqualTo(credentials);
    assertThat(
            client
                .namespaces()
                .withName(subject.names.dataNamespace())
                .get()
                .getMetadata()
                .getUid())
        .isEqualTo(data.getMetadata().getUid());
  }

  @Test
  void protectionIsRaisedEvenWhilePausedAndNotLowered() {
    var subject = ready("{deletionPolicy: Delete}");
    awaitPolicy(subject, DeletionPolicy.Delete);
    subject.apply("{deletionPolicy: Retain, paused: true}");
    awaitPolicy(subject, DeletionPolicy.Retain);
    var namespace = client.namespaces().withName(subject.names.dataNamespace());
    var secret =
        client.secrets().inNamespace(subject.names.dataNamespace()).withName(Names.CREDENTIALS);
    for (HasMetadata kept : List.of(namespace.get(), secret.get())) {
      assertThat(kept.getMetadata().getOwnerReferences()).as(kept.getKind()).isEmpty();
      assertThat(kept.getMetadata().getAnnotations()).containsAllEntriesOf(Kept.ANNOTATIONS);
    }

    subject.apply("{deletionPolicy: Delete, paused: true}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition("Progressing").orElseThrow().getMessage())
                    .contains("deletionPolicy Retain is in force"));
    assertThat(subject.app().getStatus().deletionPolicy()).isEqualTo(DeletionPolicy.Retain);
    subject.apply("{deletionPolicy: Delete, paused: false}");
    awaitPolicy(subject, DeletionPolicy.Delete);
  }

  private static void awaitPolicy(Subjects subject, DeletionPolicy policy) {
    await().atMost(Subjects.SOON).until(() -> subject.app().getStatus().deletionPolicy() == policy);
  }

  @Test
  void aDeletedVotingAppLeavesNothingWhenAskedToEvenWithoutAnOperator() {
    assumeThat(cluster.collectsGarbage()).isTrue();
    var subject = ready("{deletionPolicy: Delete}");
    operator.close();
    subject.delete();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(subject.app()).isNull();
              for (var namespace : subject.names.namespaces()) {
                assertThat(client.namespaces().withName(namespace).get()).isNull();
              }
            });
    operator = start();
  }

  /** Waits until no object of a VotingApp has changed for a while. */
  private static void settle(Subjects subject) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              var before = subject.versions();
              letPass(Duration.ofSeconds(2));
              return subject.versions().equals(before);
            });
  }

  private static void secret(String namespace, String... keys) {
    var secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(Names.CREDENTIALS)
            .withNamespace(namespace)
            .endMetadata();
    for (var key : keys) {
      secret.addToStringData(key, "value-of-" + key);
    }
    client.resource(secret.build()).create();
  }
}
