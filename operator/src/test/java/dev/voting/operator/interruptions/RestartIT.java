package dev.voting.operator.interruptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster.InMemory;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import dev.voting.servers.kubernetes.http.RecordedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An operator that is killed after each of its writes in turn, and another one that carries on. The
 * steps are taken side by side, each by a VotingApp of its own.
 *
 * <p>A run tries the first step, the last one, and every third one between them, from another one
 * on each time, which it prints. System properties: {@code runs} (default 1), how often all this is
 * done, to find what hangs only now and then; {@code steps.first}, where the first run begins.
 */
@ParameterizedClass(name = "run {0}")
@MethodSource("runs")
class RestartIT extends ClusterTests {

  /** One for each object of a VotingApp, its status, and none after the last. */
  private static final int STEPS = objects() + 2;

  /** Three runs try all of them. */
  private static final int EVERY = 3;

  private static final int FIRST =
      Integer.getInteger("steps.first", ThreadLocalRandom.current().nextInt(EVERY));

  @Parameter int run;

  private InMemoryKubernetes kubernetes;

  static IntStream runs() {
    return IntStream.rangeClosed(1, Integer.getInteger("runs", 1));
  }

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
    var steps = steps(STEPS);
    steps.forEach(step -> step.subject().apply("{}"));
    runAndKill(steps);
    assertThat(steps.getFirst().wasKilled()).isTrue();
    assertThat(steps.getLast().wasKilled()).as("there are no more steps than these").isFalse();
    operator = start();
    Subjects.awaitReady(steps.stream().map(Step::subject).toList());
  }

  @Test
  void whileVotingAppsAreChanged() {
    var steps = steps(STEPS / 2);
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

  private static int objects() {
    var app = new VotingApp();
    app.getMetadata().setName("any");
    return (int) Renderings.of(app).objects().count();
  }

  /**
   * One VotingApp, nothing of which is written after a number of writes. A write that is repeated,
   * as on a busy machine, counts once.
   *
   * @param allowed how many writes come through
   * @param wanted which writes were wanted, until one too many
   */
  private record Step(Subjects subject, int allowed, Set<String> wanted) {

    boolean takes(RecordedRequest request) {
      if (!request.path().contains("/" + subject.name)) {
        return false;
      }
      if (!wasKilled()) {
        wanted.add(request.method() + " " + request.path());
      }
      return wasKilled();
    }

    boolean wasKilled() {
      return wanted.size() > allowed;
    }
  }

  /** Some of so many steps. */
  private List<Step> steps(int all) {
    int first = (FIRST + run - 1) % EVERY;
    System.out.printf("every %d. of %d steps, -Dsteps.first=%d%n", EVERY, all, first);
    return IntStream.range(0, all)
        .filter(step -> step == 0 || step == all - 1 || step % EVERY == first)
        .mapToObj(allowed -> new Step(subject(), allowed, ConcurrentHashMap.newKeySet()))
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
        .atMost(Duration.ofMinutes(5))
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

  private static List<Integer> wanted(List<Step> steps) {
    return steps.stream().map(step -> step.wanted().size()).toList();
  }
}
