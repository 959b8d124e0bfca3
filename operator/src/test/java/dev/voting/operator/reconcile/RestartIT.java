package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.reconcile.TestCluster.InMemory;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import dev.voting.servers.kubernetes.RecordedRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An operator that is killed after each of its writes in turn, and another one that carries on. The
 * steps are taken side by side, each by a VotingApp of its own.
 */
class RestartIT extends ClusterTests {

  /** Kept low, for each makes a whole VotingApp; the tests assert that it is enough. */
  private static final int STEPS = 50;

  private InMemoryKubernetes kubernetes;

  /** In memory only, where one can let a request through and none after it. */
  @BeforeEach
  void findKubernetes() {
    assumeThat(cluster).isInstanceOf(InMemory.class);
    kubernetes = ((InMemory) cluster).kubernetes();
    operator.close();
  }

  @AfterEach
  void clearFaults() {
    kubernetes.clearFaults();
  }

  @Test
  void whileVotingAppsAreMade() {
    var steps = steps();
    steps.forEach(step -> step.subject().apply("{}"));
    runAndKill(steps);
    assertThat(steps.getFirst().wasKilled()).isTrue();
    assertThat(steps.getLast().wasKilled()).as("there are no more steps than these").isFalse();
    operator = start();
    Subjects.awaitReady(steps.stream().map(Step::subject).toList());
  }

  @Test
  void whileVotingAppsAreChanged() {
    var steps = steps().subList(0, STEPS / 2);
    operator = start();
    steps.forEach(step -> step.subject().apply("{}"));
    Subjects.awaitReady(steps.stream().map(Step::subject).toList());
    var generated =
        steps.stream()
            .map(step -> step.subject.decoded(step.subject.names.dataNamespace()))
            .toList();
    operator.close();
    steps.forEach(
        step ->
            step.subject.apply(
                "{consumer: {workload: Deployment}, api: {image: 'example.org/api:2'}, redis:"
                    + " {maxMemory: 100mb}, exposure: {type: None}}"));
    // A new operator applies each object once, so the steps begin with what changes.
    runAndKill(steps);
    assertThat(steps.getFirst().wasKilled()).isTrue();
    operator = start();
    Subjects.awaitReady(steps.stream().map(Step::subject).toList());
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(() -> assertThat(steps).allMatch(step -> step.subject.jobs().isEmpty()));
    assertThat(steps)
        .extracting(step -> step.subject.decoded(step.subject.names.dataNamespace()))
        .isEqualTo(generated);
    assertThat(steps).allMatch(step -> step.subject.app().getStatus().url() == null);
  }

  @Test
  void betweenTheNamespaces() {
    for (int allowed = 0; allowed < 4; allowed++) {
      var subject = subject();
      var posts = new AtomicInteger();
      int letThrough = allowed;
      kubernetes.failNext(
          request ->
              request.method().equals("POST")
                  && request.path().equals("/api/v1/namespaces")
                  && posts.incrementAndGet() > letThrough,
          Integer.MAX_VALUE,
          0);
      subject.apply("{}");
      operator = start();
      await().atMost(Subjects.SOON).until(() -> posts.get() > letThrough);
      operator.close();
      kubernetes.clearFaults();
      operator = start();
      subject.awaitReady();
      operator.close();
    }
  }

  /**
   * One VotingApp, none of whose objects is written after a number of writes.
   *
   * @param allowed how many writes come through
   * @param writes how many were wanted
   */
  private record Step(Subjects subject, int allowed, AtomicInteger writes) {

    boolean takes(RecordedRequest request) {
      return request.path().contains("/" + subject.name) && writes.incrementAndGet() > allowed;
    }

    boolean wasKilled() {
      return writes.get() > allowed;
    }
  }

  private List<Step> steps() {
    return IntStream.range(0, STEPS)
        .mapToObj(allowed -> new Step(subject(), allowed, new AtomicInteger()))
        .toList();
  }

  /** Runs an operator until each step is taken, or nothing more is wanted for a while. */
  private void runAndKill(List<Step> steps) {
    kubernetes.failNext(
        request ->
            request.isWrite()
                && !"test".equals(request.fieldManager())
                && steps.stream().anyMatch(step -> step.takes(request)),
        Integer.MAX_VALUE,
        0);
    operator = start();
    await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> {
              var before = wanted(steps);
              letPass(Duration.ofSeconds(3));
              return steps.getFirst().wasKilled()
                  && (before.equals(wanted(steps)) || steps.stream().allMatch(Step::wasKilled));
            });
    operator.close();
    kubernetes.clearFaults();
  }

  /** A step that is taken goes on wanting, by retries, and no longer counts. */
  private static List<Integer> wanted(List<Step> steps) {
    return steps.stream().map(step -> Math.min(step.writes().get(), step.allowed() + 1)).toList();
  }
}
