package dev.voting.local.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.local.Up;
import dev.voting.local.Voter;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What continues to work while a part of the system is down. */
class OutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  /** Longer than a pod stays ready whose probe fails. */
  private static final Duration AWAY = Duration.ofSeconds(20);

  /** More often than a Job's pods may fail. */
  private static final int DRAINS = 5;

  private Path corner;

  @BeforeEach
  void makeCorner() throws IOException {
    corner = Up.corner();
  }

  @AfterEach
  void clearCorner() throws IOException {
    Up.clear(corner);
  }

  @Test
  void noVoteIsRefusedWhilePostgresqlIsAway() throws Exception {
    try (Up up = Up.start(corner);
        Voter voter = new Voter(up.awaitReady(PATIENCE));
        KubernetesClient client = up.client()) {
      await().until(() -> counting(client), "True Counting"::equals);
      // Or the operator would bring it back.
      pause(client, true);
      var postgres = client.apps().statefulSets().inNamespace("voting-data").withName("postgres");
      postgres.scale(0);
      await().until(() -> counting(client), "False PostgresUnavailable"::equals);

      int votes = 0;
      for (long end = System.nanoTime() + AWAY.toNanos(); System.nanoTime() < end; votes++) {
        voter.vote("cats");
      }
      client.pods().inNamespace("voting-api").delete();
      voter.voteUntilTaken("dogs");

      postgres.scale(1);
      pause(client, false);
      Voter.Results all = new Voter.Results(votes, 1);
      await().untilAsserted(() -> assertThat(voter.results()).isEqualTo(all));
      await().until(() -> counting(client), "True Counting"::equals);
    }
  }

  @Test
  void consumersThatAreDrainedAreReplacedByTheSameJob() throws Exception {
    try (Up up = Up.start(corner);
        Voter voter = new Voter(up.awaitReady(PATIENCE));
        KubernetesClient client = up.client()) {
      String job = job(client).getMetadata().getUid();
      for (int i = 0; i < DRAINS; i++) {
        String before = consumer(client).getFirst().getMetadata().getUid();
        client.pods().inNamespace("voting-consumer").delete();
        await()
            .untilAsserted(
                () ->
                    assertThat(consumer(client))
                        .singleElement()
                        // One that is deleted before it runs would count as failed, as it should.
                        .matches(Readiness::isPodReady)
                        .extracting(pod -> pod.getMetadata().getUid())
                        .isNotEqualTo(before));
      }
      voter.vote("cats");
      await().untilAsserted(() -> assertThat(voter.results().cats()).isEqualTo(1));
      assertThat(job(client).getMetadata().getUid()).isEqualTo(job);
      assertThat(job(client).getStatus().getFailed()).isIn(null, 0);
    }
  }

  /** Right after a change an answer may be missing for a moment; what counts is what follows. */
  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class);
  }

  private static void pause(KubernetesClient client, boolean paused) {
    client
        .resources(VotingApp.class)
        .withName("voting")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"paused\":" + paused + "}}");
  }

  private static String counting(KubernetesClient client) {
    return client
        .resources(VotingApp.class)
        .withName("voting")
        .get()
        .getStatus()
        .conditions()
        .stream()
        .filter(condition -> condition.getType().equals("Counting"))
        .map(OutageIT::text)
        .findFirst()
        .orElse("");
  }

  private static String text(Condition condition) {
    return condition.getStatus() + " " + condition.getReason();
  }

  private static Job job(KubernetesClient client) {
    return client.batch().v1().jobs().inNamespace("voting-consumer").list().getItems().getFirst();
  }

  /** The consumers that are not about to end. */
  private static List<Pod> consumer(KubernetesClient client) {
    return client.pods().inNamespace("voting-consumer").list().getItems().stream()
        .filter(pod -> !pod.isMarkedForDeletion())
        .toList();
  }
}
