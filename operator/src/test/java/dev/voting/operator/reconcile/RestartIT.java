package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.reconcile.TestCluster.InMemory;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator that is killed after each of its writes in turn, and another one that carries on. */
class RestartIT extends ClusterTests {

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
  void whileAVotingAppIsMade() {
    var steps = 0;
    for (var killed = true; killed; steps++) {
      var subject = subject();
      subject.apply("{}");
      killed = runUntilWrite(subject, steps);
      operator = start();
      subject.awaitReady();
      operator.close();
      subject.cleanUp();
    }
    // All objects of a VotingApp, and its status.
    assertThat(steps).isGreaterThan(40);
  }

  @Test
  void whileAVotingAppIsChanged() {
    var steps = 0;
    for (var killed = true; killed; steps++) {
      operator = start();
      var subject = ready("{}");
      var generated = subject.decoded(subject.names.dataNamespace());
      operator.close();
      subject.apply(
          "{consumer: {workload: Deployment}, api: {image: 'example.org/api:2', autoscaling:"
              + " {maxReplicas: 3}}, redis: {maxMemory: 100mb}, exposure: {type: None},"
              + " networkPolicies: {enabled: false}}");
      killed = runUntilWrite(subject, steps);
      operator = start();
      subject.awaitReady();
      await()
          .atMost(Subjects.SOON)
          .untilAsserted(
              () -> {
                assertThat(subject.jobs()).isEmpty();
                assertThat(subject.app().getStatus().url()).isNull();
              });
      assertThat(subject.decoded(subject.names.dataNamespace())).isEqualTo(generated);
      operator.close();
      subject.cleanUp();
    }
    assertThat(steps).isGreaterThan(10);
  }

  /**
   * Runs an operator until some of its writes are through and it wants another one, or nothing
   * more.
   *
   * @return whether it wanted another one
   */
  private boolean runUntilWrite(Subjects subject, int allowed) {
    var writes = new AtomicInteger();
    kubernetes.failNext(
        request ->
            request.isWrite()
                && !"test".equals(request.fieldManager())
                && !request.path().endsWith("/events")
                && writes.incrementAndGet() > allowed,
        Integer.MAX_VALUE,
        0);
    operator = start();
    await()
        .atMost(Subjects.SOON)
        .until(() -> writes.get() > allowed || isObserved(subject) && isQuiet(writes));
    var killed = writes.get() > allowed;
    operator.close();
    kubernetes.clearFaults();
    return killed;
  }

  private static boolean isObserved(Subjects subject) {
    var app = subject.app();
    return app.getStatus() != null
        && app.getMetadata().getGeneration().equals(app.getStatus().observedGeneration());
  }

  private static boolean isQuiet(AtomicInteger writes) {
    var before = writes.get();
    letPass(Duration.ofSeconds(2));
    return writes.get() == before;
  }
}
