package dev.voting.operator.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingAppCrd;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster.InMemory;
import dev.voting.operator.testing.TestCluster.WithoutControllers;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What an admin reads of what is wrong, and of what to do about it. */
class StatusIT extends ClusterTests {

  @Test
  void anImageThatCannotBePulled() {
    var subject = ready("{}");
    report(
        cluster.pod(client, api(subject)),
        "api",
        0,
        "{\"waiting\":{\"reason\":\"ImagePullBackOff\",\"message\":\"no such manifest\"}}",
        "{}");
    unready(subject, api(subject));
    subject.awaitCondition("Ready", "False", "ImagePullBackOff");
    assertSays(subject, "ApiAvailable", "spec.api.image", "no such manifest");
    assertSays(subject, "Degraded", "spec.api.image");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(events(subject))
                    .anyMatch(
                        event ->
                            event.startsWith("ImagePullBackOff: ")
                                && event.contains("spec.api.image")));
  }

  @Test
  void aPodThatEndsInALoopAlsoWhileItRunsForAMoment() {
    var subject = ready("{}");
    var pod = cluster.pod(client, api(subject));
    var end =
        "{\"terminated\":{\"exitCode\":1,\"reason\":\"Error\",\"message\":\"no port\","
            + "\"finishedAt\":\"%s\"}}".formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    report(pod, "api", 3, "{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}", end);
    unready(subject, api(subject));
    subject.awaitCondition("Ready", "False", "CrashLoopBackOff");
    assertSays(subject, "ApiAvailable", "no port", "kubectl -n " + subject.names.apiNamespace());
    var since = subject.app().getMetadata().getResourceVersion();
    report(pod, "api", 4, "{\"running\":{}}", end);
    letPass(Duration.ofSeconds(2));
    assertThat(subject.app().getMetadata().getResourceVersion()).isEqualTo(since);
  }

  @Test
  void aStatusOnItsWayIsNotOfAVotingAppThatIsCreatedMeanwhile() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var kubernetes = ((InMemory) cluster).kubernetes();
    var subject = ready("{}");
    var earlier = subject.app().getMetadata().getUid();
    var statuses = new ConcurrentLinkedQueue<Optional<VotingAppStatus>>();
    kubernetes.failNext(
        request -> {
          if (request.path().endsWith("/votingapps/" + subject.name + "/status")) {
            if (subject.app().getMetadata().getUid().equals(earlier)) {
              subject.delete();
              subject.apply("{}");
            }
            statuses.add(Optional.ofNullable(subject.app().getStatus()));
          }
          return false;
        },
        Integer.MAX_VALUE,
        500,
        "never");
    try {
      subject.apply("{api: {replicas: 3}}");
      await("the first status of the new one")
          .atMost(Subjects.SOON)
          .until(() -> statuses.size() > 1);
      assertThat(statuses).startsWith(Optional.empty(), Optional.empty());
    } finally {
      kubernetes.clearFaults();
    }
    subject.awaitReady();
  }

  @Test
  void aPasswordThatAContainerQuotesIsNotRepeated() {
    var subject = ready("{}");
    var data = subject.decoded(subject.names.dataNamespace());
    var url = subject.decoded(subject.names.apiNamespace()).get(Names.DATABASE_URL);
    var pod = cluster.pod(client, api(subject));
    var end =
        "{\"terminated\":{\"exitCode\":1,\"reason\":\"Error\",\"message\":\"%s\",\"finishedAt\":\"%s\"}}"
            .formatted(
                "STATEMENT: ALTER USER x WITH PASSWORD E'not-one-of-ours'; %s; it was %s"
                    .formatted(url, data.get(Names.POSTGRES_PASSWORD)),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    report(pod, "api", 3, "{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}", end);
    unready(subject, api(subject));
    subject.awaitCondition("Ready", "False", "CrashLoopBackOff");
    assertSays(subject, "ApiAvailable", "ALTER USER x WITH PASSWORD '***'", "it was ***");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> assertThat(events(subject)).anyMatch(event -> event.contains("it was ***")));
    assertThat(subject.app().getStatus().conditions() + "\n" + events(subject))
        .doesNotContain(
            "not-one-of-ours",
            url,
            data.get(Names.POSTGRES_PASSWORD),
            data.get("POSTGRES_API_PASSWORD"));
  }

  @Test
  void aClaimWithoutAVolume() {
    var subject = withoutAVolume();
    subject.awaitCondition("RedisAvailable", "False", "ClaimPending");
    assertSays(subject, "Ready", "data-redis-0", "nobody-has-it", "must exist");
    var claim =
        all(PersistentVolumeClaim.class, subject.names.dataNamespace()).stream()
            .filter(found -> found.getMetadata().getName().equals("data-redis-0"))
            .findFirst()
            .orElseThrow();
    assertThat(Instant.parse(subject.condition("Degraded").orElseThrow().getLastTransitionTime()))
        .as("a claim is given time")
        .isAfterOrEqualTo(
            Instant.parse(claim.getMetadata().getCreationTimestamp()).plusSeconds(10));
  }

  /** A VotingApp whose Redis waits for a volume. */
  private Subjects withoutAVolume() {
    var subject = ready("{redis: {storage: {storageClassName: nobody-has-it}}}");
    var redis =
        client
            .apps()
            .statefulSets()
            .inNamespace(subject.names.dataNamespace())
            .withName(Names.REDIS)
            .get();
    if (cluster instanceof WithoutControllers) {
      unbound(redis);
    }
    unready(subject, redis);
    return subject;
  }

  /**
   * Neither the operator's own looks at the time nor what it reports make it ask or write again.
   */
  @Test
  void whatStaysAsItIsCausesNoRequests() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var pending = withoutAVolume();
    var late = ready("{}");
    unreadyForTenMinutes(late);
    var refused = subject();
    refuseAllIn(refused, refused.names.dataNamespace());
    pending.awaitCondition("RedisAvailable", "False", "ClaimPending");
    late.awaitCondition("Degraded", "True", "ProgressDeadlineExceeded");
    refused.awaitCondition("PostgresAvailable", "False", "QuotaExceeded");
    assertSilence();
  }

  @Test
  void aNewOneReportsNoProblemThatEveryNewOneHasForAMoment() {
    var subject = subject();
    subject.apply("{}");
    var sets = List.of(Names.POSTGRES, Names.REDIS);
    await()
        .atMost(Subjects.SOON)
        .until(() -> all(StatefulSet.class, subject.names.dataNamespace()).size() == sets.size());
    if (cluster instanceof WithoutControllers) {
      all(StatefulSet.class, subject.names.dataNamespace()).forEach(StatusIT::unbound);
    }
    // So long that the operator has seen the claims; less than they are given.
    letPass(Duration.ofSeconds(2));
    subject.awaitReady();
    assertThat(warnings(subject)).isEmpty();
  }

  @Test
  void oneThatIsReCreatedAtOnceReportsNoProblem() {
    assumeThat(cluster.collectsGarbage()).isTrue();
    var subject = ready("{deletionPolicy: Delete}");
    var before = warnings(subject);
    subject.delete();
    await().atMost(Subjects.SOON).until(() -> subject.app() == null);
    subject.apply("{deletionPolicy: Delete}");
    subject.awaitReady();
    assertThat(warnings(subject)).isEqualTo(before);
  }

  @Test
  void aPodThatIsNotReadyForTenMinutes() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var subject = ready("{}");
    var pod = unreadyForTenMinutes(subject);
    subject.awaitCondition("ApiAvailable", "False", "PodsNotReady");
    assertThat(subject.condition("Degraded").orElseThrow().getStatus()).isEqualTo("False");
    // Nothing happens any more but that time goes by.
    subject.awaitCondition("Degraded", "True", "ProgressDeadlineExceeded");
    assertSays(subject, "ApiAvailable", pod.getMetadata().getName(), "FailedMount", "not found");
  }

  /** Has a pod of the API be not ready since almost ten minutes ago. */
  private static Pod unreadyForTenMinutes(Subjects subject) {
    var deployment = api(subject);
    var pod = cluster.pod(client, deployment);
    warn(pod, "FailedMount", "MountVolume.SetUp failed: secret \"x\" not found");
    merge(
        pod,
        "status",
        ("{\"status\":{\"phase\":\"Pending\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
                + "\"False\",\"lastTransitionTime\":\"%s\"}],\"containerStatuses\":[{\"name\":\"api\","
                + "\"image\":\"x\",\"imageID\":\"\",\"ready\":false,\"restartCount\":0,\"state\":{"
                + "\"waiting\":{\"reason\":\"ContainerCreating\"}}}]}}")
            .formatted(
                Instant.now()
                    .minus(Duration.ofMinutes(10))
                    .plusSeconds(4)
                    .truncatedTo(ChronoUnit.SECONDS)));
    unready(subject, deployment);
    return pod;
  }

  @Test
  void aContainerThatNeedsMoreMemoryThanItMayHave() {
    var subject = ready("{}");
    report(
        cluster.pod(client, api(subject)),
        "api",
        1,
        "{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}",
        "{\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\",\"message\":"
            + "\"Picked up JAVA_TOOL_OPTIONS: -Xms24m\"}}");
    unready(subject, api(subject));
    subject.awaitCondition("Ready", "False", "OOMKilled");
    assertSays(subject, "Degraded", "512Mi", "spec.api.resources.limits.memory");
  }

  @Test
  void podsThatDoNotFitAQuota() {
    var subject = subject();
    refuseAllIn(subject, subject.names.dataNamespace());
    subject.awaitCondition("PostgresAvailable", "False", "QuotaExceeded");
    assertSays(
        subject,
        "Degraded",
        "exceeded quota",
        "spec.postgres.resources",
        "spec.redis.resources",
        "raise it");
    if (!(cluster instanceof WithoutControllers)) {
      client.resourceQuotas().inNamespace(subject.names.dataNamespace()).delete();
    }
    subject.awaitReady();
    subject.awaitCondition("Degraded", "False", "AsExpected");
  }

  @Test
  void podsOfAJobThatDoNotFitAQuota() {
    var subject = subject();
    refuseAllIn(subject, subject.names.consumerNamespace());
    subject.awaitCondition("ConsumerAvailable", "False", "QuotaExceeded");
    assertSays(subject, "Degraded", "exceeded quota", "spec.consumer.resources");
    var message = subject.condition("ConsumerAvailable").orElseThrow().getMessage();
    if (cluster instanceof WithoutControllers) {
      // Each try is another pod by its name.
      all(Job.class, subject.names.consumerNamespace()).forEach(job -> refuse(job, "z9y8x"));
    }
    letPass(Duration.ofSeconds(3));
    assertThat(subject.condition("ConsumerAvailable").orElseThrow().getMessage())
        .isEqualTo(message);
  }

  @Test
  void whyPodsAreRefusedIsKnownAgainAfterARestart() {
    var subject = subject();
    refuseAllIn(subject, subject.names.dataNamespace());
    subject.awaitCondition("PostgresAvailable", "False", "QuotaExceeded");
    subject.awaitCondition("Degraded", "True", "QuotaExceeded");
    operator.close();
    var before = subject.app().getMetadata().getResourceVersion();
    operator = start();
    letPass(Duration.ofSeconds(3));
    assertThat(subject.app().getMetadata().getResourceVersion()).isEqualTo(before);
  }

  @Test
  void withoutTheRightToWatchEventsAllElseWorks() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    operator.close();
    ((InMemory) cluster)
        .kubernetes()
        .failNext(
            request -> request.path().equals("/api/v1/events") && !request.isWrite(),
            Integer.MAX_VALUE,
            403);
    try {
      operator = start();
      assertThat(ready("{}").condition("Degraded").orElseThrow().getStatus()).isEqualTo("False");
    } finally {
      ((InMemory) cluster).kubernetes().clearFaults();
    }
    // The right is given.
    var subject = subject();
    refuseAllIn(subject, subject.names.dataNamespace());
    subject.awaitCondition("PostgresAvailable", "False", "QuotaExceeded");
  }

  @Test
  void objectsThatTheOperatorMayNotMake() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var subject = subject();
    failServices(subject, 403);
    subject.apply("{}");
    subject.awaitCondition("Ready", "False", "Forbidden");
    assertSays(subject, "Degraded", "Service " + subject.names.dataNamespace(), "install the RBAC");
    ((InMemory) cluster).kubernetes().clearFaults();
    subject.awaitReady();
  }

  /**
   * As behind an admission webhook that is broken: reported soon, and resolved soon after the
   * webhook is.
   */
  @Test
  void objectsThatTheApiServerFailsToTake() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    var subject = subject();
    failServices(subject, 500);
    subject.apply("{}");
    try {
      subject.awaitCondition("Ready", "False", "ApplyFailed");
      assertSays(subject, "Degraded", "Service " + subject.names.dataNamespace());
    } finally {
      ((InMemory) cluster).kubernetes().clearFaults();
    }
    subject.awaitReady();
  }

  /** Has the API server answer each write of the servers' Services so. */
  private static void failServices(Subjects subject, int status) {
    ((InMemory) cluster)
        .kubernetes()
        .failNext(
            request ->
                request.path().contains(subject.names.dataNamespace() + "/services/")
                    && request.isWrite(),
            Integer.MAX_VALUE,
            status);
  }

  @Test
  void aDefinitionThatIsOlderThanTheOperator() {
    var subject = ready("{}");
    var crd = client.resources(CustomResourceDefinition.class).withName(VotingAppCrd.NAME);
    try {
      crd.edit(
          old -> {
            var root = old.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
            root.getProperties()
                .get("spec")
                .getProperties()
                .get("api")
                .getProperties()
                .remove("recordClient");
            root.getProperties().get("spec").getProperties().get("api").setDefault(null);
            root.getProperties().get("spec").setDefault(null);
            root.getProperties().get("status").getProperties().remove("url");
            return old;
          });
      subject.awaitCondition("Degraded", "True", "CrdOutdated");
      subject.awaitCondition("Ready", "True", "CrdOutdated");
      assertSays(
          subject, "Degraded", "spec.api.recordClient", "status.url", VotingAppCrd.NAME + ".yaml");
      var version = subject.app().getMetadata().getResourceVersion();
      letPass(Duration.ofSeconds(2));
      assertThat(subject.app().getMetadata().getResourceVersion())
          .as("what the definition drops is not written again and again")
          .isEqualTo(version);
    } finally {
      client.resource(VotingAppCrd.read()).forceConflicts().serverSideApply();
    }
    subject.awaitCondition("Degraded", "False", "AsExpected");
  }

  @Test
  void aSuspendedJobIsPutToWorkAgain() {
    var subject = ready("{}");
    var job = client.batch().v1().jobs().inNamespace(subject.names.consumerNamespace());
    merge(job.list().getItems().getFirst(), "{\"spec\":{\"suspend\":true}}");
    await()
        .atMost(Subjects.SOON)
        .until(() -> !job.list().getItems().getFirst().getSpec().getSuspend());
  }

  private static Deployment api(Subjects subject) {
    return all(Deployment.class, subject.names.apiNamespace()).getFirst();
  }

  private static void assertSays(Subjects subject, String condition, String... words) {
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition(condition).orElseThrow().getMessage())
                    .contains(words));
  }

  /** What a kubelet says of a container. */
  private static void report(Pod pod, String container, int restarts, String state, String last) {
    merge(
        pod,
        "status",
        ("{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
                + "\"False\"}],\"containerStatuses\":[{\"name\":\"%s\",\"image\":\"x\",\"imageID\":"
                + "\"x\",\"ready\":false,\"restartCount\":%d,\"state\":%s,\"lastState\":%s}]}}")
            .formatted(container, restarts, state, last));
  }

  /** What a controller says when its pods are not ready. A real one says it by itself. */
  private static void unready(Subjects subject, HasMetadata workload) {
    if (cluster instanceof WithoutControllers) {
      merge(workload, "status", "{\"status\":{\"readyReplicas\":0}}");
    } else {
      client
          .pods()
          .inNamespace(workload.getMetadata().getNamespace())
          .withLabel(Names.COMPONENT, workload.getMetadata().getLabels().get(Names.COMPONENT))
          .list()
          .getItems()
          .forEach(
              pod ->
                  merge(
                      pod,
                      "status",
                      "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"}]}}"));
    }
  }

  /** A claim as a StatefulSet's controller makes it, before it has a volume. */
  private static void unbound(StatefulSet set) {
    client
        .resource(
            new PersistentVolumeClaimBuilder(set.getSpec().getVolumeClaimTemplates().getFirst())
                .editMetadata()
                .withName("data-" + set.getMetadata().getName() + "-0")
                .withNamespace(set.getMetadata().getNamespace())
                .endMetadata()
                .build())
        .create();
  }

  /** A new VotingApp, the pods of one namespace of which are refused by a quota. */
  private static void refuseAllIn(Subjects subject, String namespace) {
    if (cluster instanceof WithoutControllers) {
      subject.apply("{}");
      await()
          .atMost(Subjects.SOON)
          .untilAsserted(() -> assertThat(refusable(subject, namespace)).isNotEmpty());
      refusable(subject, namespace).forEach(workload -> refuse(workload, "a1b2c"));
      return;
    }
    // The namespace is there first, and the quota in it.
    subject.apply("{secrets: {create: false}}");
    subject.awaitCondition("Ready", "False", "SecretMissing");
    client
        .resource(
            new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("none")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .addToHard("pods", new Quantity("0"))
                .endSpec()
                .build())
        .create();
    subject.apply("{secrets: {create: true}}");
  }

  /** The StatefulSets and Jobs of a namespace, once all of them are there. */
  private static List<HasMetadata> refusable(Subjects subject, String namespace) {
    var found = new ArrayList<HasMetadata>();
    found.addAll(all(StatefulSet.class, namespace));
    found.addAll(all(Job.class, namespace));
    return found.size() == (namespace.equals(subject.names.dataNamespace()) ? 2 : 1)
        ? found
        : List.of();
  }

  /** What a controller says when a quota keeps it from making a pod. */
  private static void refuse(HasMetadata owner, String random) {
    var name = owner.getMetadata().getName();
    var cause = "exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0";
    warn(
        owner,
        "FailedCreate",
        owner instanceof Job
            ? "Error creating: pods \"%s-%s\" is forbidden: %s".formatted(name, random, cause)
            : "create Pod %s-0 in StatefulSet %s failed error: pods \"%s-0\" is forbidden: %s"
                .formatted(name, name, name, cause));
  }

  private static void warn(HasMetadata object, String reason, String message) {
    var name = object.getMetadata().getName();
    var namespace = object.getMetadata().getNamespace();
    client
        .resource(
            new EventBuilder()
                .withNewMetadata()
                .withGenerateName(name + ".")
                .withNamespace(namespace)
                .endMetadata()
                .withNewInvolvedObject()
                .withKind(object.getKind())
                .withNamespace(namespace)
                .withName(name)
                .withUid(object.getMetadata().getUid())
                .endInvolvedObject()
                .withReason(reason)
                .withType("Warning")
                .withMessage(message)
                .withLastTimestamp(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .build())
        .create();
  }

  /** Nothing is asked for, and nothing is written. */
  private static void assertSilence() {
    if (cluster instanceof InMemory(var kubernetes)) {
      await()
          .atMost(Subjects.SOON)
          .untilAsserted(
              () -> {
                try (var log = kubernetes.record()) {
                  letPass(Duration.ofSeconds(1));
                  assertThat(log.all()).as("before").isEmpty();
                }
              });
      try (var log = kubernetes.record()) {
        letPass(Duration.ofSeconds(12));
        assertThat(log.all()).isEmpty();
      }
    }
  }

  private static List<String> warnings(Subjects subject) {
    return client
        .v1()
        .events()
        .inNamespace("default")
        .withField("involvedObject.name", subject.name)
        .withField("type", "Warning")
        .list()
        .getItems()
        .stream()
        .map(event -> event.getReason() + ": " + event.getMessage())
        .toList();
  }
}
