package dev.voting.operator.steps.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobEndTest {

  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

  private final Job job =
      new JobBuilder()
          .withNewMetadata()
          .withUid("ours")
          .endMetadata()
          .withNewSpec()
          .withBackoffLimit(1)
          .endSpec()
          .withNewStatus()
          .withStartTime(START.toString())
          .endStatus()
          .build();

  @Test
  void drainedPodsEndNoJob() {
    var drained = deleted(ended("a", 1), 9);
    var another = deleted(ended("b", 2), 9);
    assertThat(JobEnd.byItself(job, List.of(drained, another))).isEmpty();
  }

  @Test
  void moreThanMayFailEndItWhenTheyEndByThemselves() {
    assertThat(JobEnd.byItself(job, List.of(ended("a", 1)))).isEmpty();
    assertThat(JobEnd.byItself(job, List.of(ended("a", 1), ended("b", 5), ended("c", 3))))
        .hasValueSatisfying(
            end -> {
              assertThat(end.at()).as("the second one").isEqualTo(START.plusSeconds(3));
              assertThat(end.ranFor()).isEqualTo(Duration.ofSeconds(3));
              assertThat(end.failed()).isFalse();
            });
  }

  @Test
  void podsOfAnotherJobOfTheNameDoNotCount() {
    var others = List.of(owned(ended("a", 1), "before"), owned(ended("b", 2), "before"));
    assertThat(JobEnd.byItself(job, others)).isEmpty();
    assertThat(JobEnd.lostAt(job, List.of(deleted(others.getFirst(), 30)))).isEmpty();
  }

  @Test
  void aPodIsLostAMinuteAfterItsGrace() {
    assertThat(JobEnd.lostAt(job, List.of(ended("a", 1)))).isEmpty();
    assertThat(JobEnd.lostAt(job, List.of(deleted(ended("a", 1), 50), deleted(ended("b", 1), 30))))
        .contains(START.plusSeconds(90));
  }

  private static Pod ended(String name, int after) {
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withCreationTimestamp(START.toString())
            .endMetadata()
            .withNewStatus()
            .withPhase("Succeeded")
            .addNewContainerStatus()
            .withNewState()
            .withNewTerminated()
            .withFinishedAt(START.plusSeconds(after).toString())
            .endTerminated()
            .endState()
            .endContainerStatus()
            .endStatus()
            .build();
    return owned(pod, "ours");
  }

  private static Pod owned(Pod pod, String uid) {
    return new PodBuilder(pod)
        .editMetadata()
        .withOwnerReferences()
        .addNewOwnerReference()
        .withUid(uid)
        .endOwnerReference()
        .endMetadata()
        .build();
  }

  private static Pod deleted(Pod pod, int after) {
    return new PodBuilder(pod)
        .editMetadata()
        .withDeletionTimestamp(START.plusSeconds(after).toString())
        .endMetadata()
        .build();
  }
}
