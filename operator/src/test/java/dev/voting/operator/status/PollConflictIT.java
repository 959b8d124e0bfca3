package dev.voting.operator.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingAppStatus.PollStatus;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the line that the poll's pod leaves to what the VotingApp says. */
class PollConflictIT extends ClusterTests {

  private static final String THREE =
      "{poll: {title: Lunch?, options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}, {key:"
          + " soup, label: Soup}]}}";
  private static final String TWO = THREE.replace(", {key: soup, label: Soup}", "");
  private static final String CLOSED =
      THREE.replace("Lunch?,", "Lunch?, closesAt: \"2026-01-01T18:05:00Z\",");

  @Test
  void aPollThatTheDatabaseRefusesIsReportedAndTheOldOneCountsOn() {
    var subject = ready(THREE);
    subject.awaitCondition("PollApplied", "False", "Declaring");
    subject.awaitCondition("PollOpen", "Unknown", "Declaring");
    end(subject, "declared; in force: round 1, revision 1, opens -, closes -, final no");
    subject.awaitCondition("PollApplied", "True", "Declared");
    subject.awaitCondition("PollOpen", "True", "Open");
    assertThat(subject.app().getStatus().poll())
        .returns("1", PollStatus::round)
        .returns(1, PollStatus::revision)
        .returns(PollStatus.State.Open, PollStatus::state);
    var first = jobs(subject).getFirst().getMetadata().getName();

    // The rules compare with nothing, once the poll was taken away.
    subject.apply("{}");
    await()
        .atMost(Subjects.SOON)
        .untilAsserted(
            () -> {
              assertThat(subject.app().getStatus().poll()).isNull();
              assertThat(subject.condition("PollApplied")).isEmpty();
              assertThat(subject.condition("PollOpen")).isEmpty();
              assertThat(jobs(subject)).isEmpty();
              assertThat(configMaps(subject)).isEmpty();
            });
    subject.apply(TWO);
    subject.awaitCondition("PollApplied", "False", "Declaring");
    subject.awaitReady();
    assertThat(job(subject).getMetadata().getName()).isNotEqualTo(first);
    end(
        subject,
        "refused: options: the key \"soup\" is missing, and keys stay within a round: set retired:"
            + " true instead; in force: round 1, revision 1, opens -, closes -, final no");
    subject.awaitCondition("PollApplied", "False", "RoundConflict");
    assertThat(subject.condition("PollApplied").orElseThrow().getMessage())
        .isEqualTo(
            "spec.poll.options: the key \"soup\" is missing, and keys stay within a round: set"
                + " retired: true instead; round 1, revision 1 stays in force");
    subject.awaitCondition("PollOpen", "True", "Open");
    subject.awaitCondition("Degraded", "True", "RoundConflict");
    // Everybody votes on, for what was there before.
    subject.awaitCondition("Ready", "True", "RoundConflict");
    assertThat(subject.app().getStatus().poll().revision()).isEqualTo(1);
    assertThat(events(subject)).anyMatch(event -> event.startsWith("RoundConflict: "));

    subject.apply(THREE);
    end(subject, "declared; in force: round 1, revision 1, opens -, closes -, final no");
    subject.awaitCondition("PollApplied", "True", "Declared");
    subject.awaitCondition("Degraded", "False", "AsExpected");
    subject.awaitCondition("Ready", "True", "Available");
  }

  @Test
  void onceItHasClosedAJobWaitsForTheEndAndWhatItSaidStays() {
    var subject = ready(CLOSED);
    var inForce = "declared; in force: round 1, revision 1, opens -, closes 2026-01-01T18:05:00Z,";
    end(subject, inForce + " final no");
    subject.awaitCondition("PollOpen", "False", "Closed");
    subject.awaitCondition("PollApplied", "True", "Declared");
    await("a Job that waits")
        .atMost(Subjects.SOON)
        .untilAsserted(
            () ->
                assertThat(jobs(subject))
                    .singleElement()
                    .satisfies(
                        job ->
                            assertThat(
                                    job.getSpec()
                                        .getTemplate()
                                        .getSpec()
                                        .getContainers()
                                        .getFirst()
                                        .getArgs())
                                .containsExactly("poll", "--until-final")));
    // Of the same poll, so it is no less declared.
    subject.awaitCondition("PollApplied", "True", "Declared");
    end(subject, inForce + " final yes");
    subject.awaitCondition("PollOpen", "False", "Final");
    assertThat(subject.app().getStatus().poll().state()).isEqualTo(PollStatus.State.Final);
    assertThat(
            client
                .v1()
                .events()
                .inNamespace("default")
                .withField("involvedObject.name", subject.name)
                .withField("type", "Warning")
                .list()
                .getItems())
        .noneMatch(event -> List.of("Closed", "Final", "Declaring").contains(event.getReason()));

    // A node is drained, and with it the pod is gone; then something else is changed.
    client.resources(Pod.class).inNamespace(subject.names.consumerNamespace()).delete();
    subject.apply(CLOSED.replace("{poll", "{api: {recordClient: false}, poll"));
    subject.awaitReady();
    var app = subject.app();
    assertThat(app.getStatus().observedGeneration()).isEqualTo(app.getMetadata().getGeneration());
    assertThat(app.getStatus().poll().state()).isEqualTo(PollStatus.State.Final);
    subject.awaitCondition("PollApplied", "True", "Declared");
    subject.awaitCondition("PollOpen", "False", "Final");
  }

  private void end(Subjects subject, String words) {
    cluster.end(client, job(subject), false, Duration.ofSeconds(1), "poll " + words);
  }

  private Job job(Subjects subject) {
    await("the poll's Job")
        .atMost(Subjects.SOON)
        .until(() -> jobs(subject).size() == 1 && !Availability.isDone(jobs(subject).getFirst()));
    return jobs(subject).getFirst();
  }

  private static List<Job> jobs(Subjects subject) {
    return all(Job.class, subject.names.consumerNamespace()).stream()
        .filter(job -> Ownership.isOf(Names.POLL, job))
        .toList();
  }

  private static List<ConfigMap> configMaps(Subjects subject) {
    return List.of(subject.names.apiNamespace(), subject.names.consumerNamespace()).stream()
        .flatMap(namespace -> all(ConfigMap.class, namespace).stream())
        .filter(map -> Ownership.isOf(Names.POLL, map))
        .toList();
  }
}
