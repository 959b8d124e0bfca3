package dev.voting.operator.interruptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster.InMemory;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import dev.voting.servers.kubernetes.http.RecordedRequest;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is refused is said, and keeps nothing else from being made. */
class RefusedIT extends ClusterTests {

  private static final String POLICY =
      "statefulsets.apps \"postgres\" is forbidden: ValidatingAdmissionPolicy 'keep-sets' with"
          + " binding 'everywhere' denied request: StatefulSets are not deleted here";

  private static final String WEBHOOK =
      "admission webhook \"validate.nginx.ingress.kubernetes.io\" denied the request: host"
          + " \"taken.example.org\" and path \"/\" is already defined in ingress theirs/theirs";

  private InMemoryKubernetes kubernetes;

  @BeforeEach
  void useMemory() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    kubernetes = ((InMemory) cluster).kubernetes();
  }

  @AfterEach
  void refuseNothing() {
    kubernetes.clearFaults();
  }

  @Test
  void aPolicyAgainstTheDeletionThatGrowthNeeds() {
    var subject = ready("{}");
    var set = set(subject);
    var uid = set.get().getMetadata().getUid();
    refuse(request -> request.method().equals("DELETE"), "/statefulsets/postgres", 422, POLICY);
    subject.apply("{postgres: {storage: {size: 2Gi}}, api: {replicas: 3}}");
    subject.awaitCondition("Ready", "False", "RefusedByPolicy");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains("ValidatingAdmissionPolicy 'keep-sets'", "StatefulSets are not deleted here");
    assertIsOfNow(subject);
    awaitApiReplicas(subject, 3);

    kubernetes.clearFaults();
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(set.get())
                    .isNotNull()
                    .satisfies(now -> assertThat(now.getMetadata().getUid()).isNotEqualTo(uid)));
    subject.awaitReady();
  }

  @Test
  void theRightToGetSecrets() {
    var subject = ready("{}");
    var before = subject.decoded(subject.names.dataNamespace());
    refuse(
        request -> request.method().equals("GET"),
        subject.names.dataNamespace() + "/secrets/" + Names.CREDENTIALS,
        403,
        "secrets \"voting-secrets\" is forbidden: User \"operator\" cannot get resource");
    subject.apply("{secrets: {rotate: one}, api: {replicas: 3}}");
    subject.awaitCondition("Ready", "False", "Forbidden");
    assertIsOfNow(subject);
    awaitApiReplicas(subject, 3);

    kubernetes.clearFaults();
    subject.awaitReady();
    subject.awaitCondition("CredentialsRotated", "True", "Rotated");
    assertThat(subject.decoded(subject.names.dataNamespace())).isNotEqualTo(before);
  }

  @Test
  void oneIngressStopsNeitherPruningNorARotation() {
    var subject = ready("{api: {autoscaling: {maxReplicas: 3}}}");
    var before = subject.jobs();
    refuse(RecordedRequest::isWrite, "/ingresses/", 400, WEBHOOK);
    subject.apply(
        "{exposure: {host: taken.example.org}, consumer: {batchSize: 7}, secrets: {rotate: one}}");
    subject.awaitCondition("Ready", "False", "RefusedByPolicy");
    assertThat(subject.condition("Degraded").orElseThrow().getMessage())
        .contains("admission webhook \"validate.nginx.ingress.kubernetes.io\"", "already defined");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              subject.makePodsReady();
              assertThat(subject.jobs()).hasSize(1).doesNotContainAnyElementsOf(before);
              assertThat(all(HorizontalPodAutoscaler.class, subject.names.apiNamespace()))
                  .isEmpty();
              assertThat(subject.decoded(subject.names.dataNamespace()))
                  .containsKey("REDIS_API_B_PASSWORD")
                  .doesNotContainKey("REDIS_API_PASSWORD");
            });
    subject.awaitCondition("CredentialsRotated", "True", "Rotated");
    assertThat(subject.condition("Ready").orElseThrow().getReason()).isEqualTo("RefusedByPolicy");
  }

  @Test
  void aJobThatIsRefusedKeepsTheOneBeforeIt() {
    var subject = ready("{api: {autoscaling: {maxReplicas: 3}}}");
    var before = subject.jobs();
    refuse(RecordedRequest::isWrite, "/jobs/consumer-", 422, POLICY);
    subject.apply("{consumer: {batchSize: 7}}");
    subject.awaitCondition("Degraded", "True", "RefusedByPolicy");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(all(HorizontalPodAutoscaler.class, subject.names.apiNamespace()))
                    .isEmpty());
    assertThat(subject.jobs()).isEqualTo(before);
  }

  @Test
  void aStatusIsReportedOnceThoughItCannotBeWritten() {
    var subject = ready("{}");
    kubernetes.failNext(
        request -> request.isWrite() && request.path().endsWith(subject.name + "/status"), 4, 500);
    refuse(
        request -> request.fieldManager().equals(Names.OPERATOR),
        subject.names.dataNamespace() + "/services/redis",
        403,
        "services \"redis\" is forbidden: User \"operator\" cannot patch resource");
    merge(
        client.services().inNamespace(subject.names.dataNamespace()).withName("redis").get(),
        "{\"metadata\":{\"labels\":{\"app.kubernetes.io/part-of\":\"mine\"}}}");
    subject.awaitCondition("Degraded", "True", "Forbidden");
    assertThat(events(subject).stream().filter(event -> event.contains("Degraded is True")))
        .hasSize(1);
  }

  private void refuse(Predicate<RecordedRequest> matches, String path, int status, String message) {
    kubernetes.failNext(
        request -> matches.test(request) && request.path().contains(path),
        Integer.MAX_VALUE,
        status,
        message);
  }

  private static void assertIsOfNow(Subjects subject) {
    assertThat(List.of("Ready", "Progressing", "Degraded"))
        .allSatisfy(
            type ->
                assertThat(subject.condition(type).orElseThrow().getObservedGeneration())
                    .isEqualTo(subject.app().getMetadata().getGeneration()));
  }

  private static void awaitApiReplicas(Subjects subject, int replicas) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                all(Deployment.class, subject.names.apiNamespace())
                        .getFirst()
                        .getSpec()
                        .getReplicas()
                    == replicas);
  }

  private static Resource<StatefulSet> set(Subjects subject) {
    return client
        .apps()
        .statefulSets()
        .inNamespace(subject.names.dataNamespace())
        .withName(Names.POSTGRES);
  }
}
