package dev.voting.operator.steps.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster.WithoutControllers;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of the consumer's Job when it ends, however it ends. */
class ConsumerJobIT extends ClusterTests {

  private static final Duration SHORT = Duration.ofSeconds(1);

  @Test
  void aJobThatFailsIsReportedAndReCreatedAtOnce() {
    var subject = ready("{consumer: {backoffLimit: 0}}");
    var first = job(subject);
    fail(first);
    awaitAnother(subject, first);
    assertThat(subject.condition("ConsumerAvailable").orElseThrow())
        .satisfies(
            condition -> {
              assertThat(condition.getStatus()).isEqualTo("False");
              assertThat(condition.getReason()).isEqualTo("JobFailed");
              assertThat(condition.getMessage())
                  .contains(first.getMetadata().getName(), "cannot reach PostgreSQL");
            });
    assertThat(events(subject))
        .anyMatch(event -> event.startsWith("JobFailed: ") && event.contains("cannot reach"))
        .anyMatch(event -> event.startsWith("JobRestarted: "));
    subject.awaitReady();
    assertThat(subject.app().getStatus().consumerJobEnds().inARow()).isEqualTo(1);
  }

  @Test
  void aJobThatKeepsFailingIsStartedAfterAGrowingDelayThatOutlivesTheOperator() {
    var subject = ready("{consumer: {backoffLimit: 0}}");
    var second = failTwice(subject);
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition("ConsumerAvailable").orElseThrow().getMessage())
                    .contains("2 times in a row", "a new one starts at"));
    var ended = Instant.parse(subject.app().getStatus().consumerJobEnds().last());
    operator.close();
    operator = start();
    awaitAnother(subject, second);
    assertThat(createdAt(find(subject).orElseThrow()))
        .isAfterOrEqualTo(ended.plus(RestartBackoff.FIRST_DELAY));
    assertThat(subject.app().getStatus().consumerJobEnds().inARow()).isEqualTo(2);
  }

  @Test
  void aJobThatItsTimeToLiveRemovesKeepsTheNextOneWaiting() {
    var subject = ready("{consumer: {backoffLimit: 0, ttlSecondsAfterFinished: 0}}");
    var second = failTwice(subject);
    client.resource(second).delete();
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition("ConsumerAvailable").orElseThrow().getMessage())
                    .contains("2 times in a row"));
    var ended = Instant.parse(subject.app().getStatus().consumerJobEnds().last());
    awaitAnother(subject, second);
    assertThat(createdAt(find(subject).orElseThrow()))
        .isAfterOrEqualTo(ended.plus(RestartBackoff.FIRST_DELAY));
  }

  @Test
  void aJobThatCompletesIsReCreatedToo() {
    var subject = ready("{consumer: {backoffLimit: 0}}");
    var first = job(subject);
    cluster.end(client, first, false, SHORT, "done");
    awaitAnother(subject, first);
    assertThat(events(subject)).anyMatch(event -> event.startsWith("JobComplete: "));
  }

  @Test
  void aJobThatRanWellIsStartedAtOnceHoweverItEnds() {
    // Nobody waits that long for a real one.
    assumeThat(cluster).isInstanceOf(WithoutControllers.class);
    var subject = ready("{}");
    var second = failTwice(subject);
    awaitAnother(subject, second);
    var third = job(subject);
    cluster.end(client, third, true, RestartBackoff.RAN_WELL.plusSeconds(1), "at last");
    await("no delay")
        .atMost(Subjects.SOON)
        .until(() -> find(subject).filter(job -> !uid(job).equals(uid(third))).isPresent());
    subject.awaitReady();
    assertThat(subject.app().getStatus().consumerJobEnds()).isNull();
  }

  @Test
  void aVotingAppThatIsReCreatedInheritsNoFailures() {
    var subject = ready("{consumer: {backoffLimit: 0}}");
    var second = failTwice(subject);
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> assertThat(subject.app().getStatus().consumerJobEnds().inARow()).isEqualTo(2));
    subject.delete();
    subject.apply("{consumer: {backoffLimit: 0}}");
    awaitAnother(subject, second);
    assertThat(job(subject).getMetadata().getName()).isEqualTo(second.getMetadata().getName());
    subject.awaitReady();
    assertThat(subject.app().getStatus().consumerJobEnds()).isNull();
    assertThat(
            client
                .v1()
                .events()
                .inNamespace("default")
                .withInvolvedObject(reference(subject))
                .list()
                .getItems())
        .extracting(Event::getReason)
        .doesNotContain("JobFailed");
  }

  private static ObjectReference reference(Subjects subject) {
    return new ObjectReferenceBuilder()
        .withName(subject.name)
        .withUid(subject.app().getMetadata().getUid())
        .build();
  }

  @Test
  void anotherTemplateNeedNotWait() {
    var subject = ready("{consumer: {backoffLimit: 0}}");
    failTwice(subject);
    subject.apply("{consumer: {backoffLimit: 0, image: 'example.org/fixed:1'}}");
    await("the fixed one")
        .atMost(RestartBackoff.FIRST_DELAY.minusSeconds(1))
        .until(
            () ->
                all(Job.class, subject.names.consumerNamespace()).stream()
                    .anyMatch(job -> image(job).equals("example.org/fixed:1")));
  }

  @Test
  void podsThatKeepEndingByThemselvesAreNotReplacedForEver() {
    var subject = ready("{consumer: {backoffLimit: 1}}");
    var first = job(subject);
    endPod(first, "one");
    letPass(SHORT);
    assertThat(uid(job(subject))).as("one alone the Job replaces").isEqualTo(uid(first));
    endPod(first, "two");
    awaitAnother(subject, first);
    assertThat(events(subject)).anyMatch(event -> event.startsWith("JobComplete: "));
    var second = job(subject);
    // Ends are reported in whole seconds.
    letPass(SHORT);
    endPod(second, "three");
    endPod(second, "four");
    await("it goes at once")
        .atMost(Subjects.SOON)
        .until(() -> find(subject).filter(job -> uid(job).equals(uid(second))).isEmpty());
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(subject.condition("ConsumerAvailable").orElseThrow().getMessage())
                    .contains("2 times in a row", "a new one starts at"));
    awaitAnother(subject, second);
  }

  /** A consumer that ends with exit code 0, which nobody asked of it. */
  private static void endPod(Job job, String name) {
    var pod = client.resource(podOf(job, name)).create();
    merge(
        pod,
        "status",
        ("{\"status\":{\"phase\":\"Succeeded\",\"containerStatuses\":[{\"name\":\"consumer\",\"image\":"
                + "\"x\",\"imageID\":\"x\",\"ready\":false,\"restartCount\":0,\"state\":{\"terminated\":{"
                + "\"exitCode\":0,\"finishedAt\":\"%s\"}}}]}}")
            .formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
  }

  private static Pod podOf(Job job, String name) {
    var template = job.getSpec().getTemplate();
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(job.getMetadata().getNamespace())
        .withName(job.getMetadata().getName() + "-" + name)
        .withLabels(template.getMetadata().getLabels())
        .addNewOwnerReference()
        .withApiVersion("batch/v1")
        .withKind("Job")
        .withName(job.getMetadata().getName())
        .withUid(uid(job))
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withSpec(template.getSpec())
        .build();
  }

  private static void fail(Job job) {
    cluster.end(client, job, true, SHORT, "cannot reach PostgreSQL");
  }

  /** Returns the second Job that failed. */
  private static Job failTwice(Subjects subject) {
    var first = job(subject);
    fail(first);
    awaitAnother(subject, first);
    var second = job(subject);
    // Ends are reported in whole seconds.
    letPass(SHORT);
    fail(second);
    await("the second end is counted")
        .atMost(Subjects.SOON)
        .until(
            () ->
                Optional.ofNullable(subject.app().getStatus().consumerJobEnds())
                    .filter(ends -> ends.inARow() == 2)
                    .isPresent());
    return second;
  }

  private static Job job(Subjects subject) {
    return find(subject).orElseThrow();
  }

  private static Optional<Job> find(Subjects subject) {
    return all(Job.class, subject.names.consumerNamespace()).stream().findFirst();
  }

  private static void awaitAnother(Subjects subject, Job before) {
    await("another Job")
        .atMost(Subjects.SOON)
        .until(() -> find(subject).filter(job -> !uid(job).equals(uid(before))).isPresent());
  }

  private static String uid(Job job) {
    return job.getMetadata().getUid();
  }

  private static String image(Job job) {
    return job.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
  }

  private static Instant createdAt(Job job) {
    return Instant.parse(job.getMetadata().getCreationTimestamp());
  }
}
