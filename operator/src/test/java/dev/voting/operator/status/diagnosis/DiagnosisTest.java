package dev.voting.operator.status.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.status.text.Excerpt;
import dev.voting.operator.status.text.TerminationMessage;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is said of pods, as a kubelet reports on them. */
class DiagnosisTest {

  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final Blueprint BLUEPRINT =
      Renderings.of("voting", "{api: {resources: {limits: {memory: 96Mi}}}}");

  private final Deployment api =
      new DeploymentBuilder(
              (Deployment)
                  BLUEPRINT
                      .objects()
                      .filter(Deployment.class::isInstance)
                      .filter(object -> object.getMetadata().getName().equals(Names.API))
                      .findFirst()
                      .orElseThrow())
          .editMetadata()
          .withGeneration(1L)
          .endMetadata()
          .withNewStatus()
          .withObservedGeneration(1L)
          .withReplicas(1)
          .withUpdatedReplicas(1)
          .endStatus()
          .build();

  @Test
  void aContainerThatNeedsMoreThanItsLimit() {
    var pod =
        pod(
            waiting("CrashLoopBackOff"),
            ended("OOMKilled", 137, "Picked up JAVA_TOOL_OPTIONS: -Xms24m"));
    assertThat(diagnosis(pod))
        .isEqualTo(
            new Diagnosis(
                "OOMKilled",
                "pod api-0 keeps ending: container api was killed because it needed more memory"
                    + " than its limit of 96Mi: raise spec.api.resources.limits.memory",
                true));
  }

  @Test
  void whatAJvmSaysOfItsOptionsIsNoLastWord() {
    var greeting = "Picked up JAVA_TOOL_OPTIONS: -XX:+UseSerialGC -Xms24m\n";
    assertThat(words(greeting + "DATABASE_URL is missing\n")).isEqualTo("DATABASE_URL is missing");
    assertThat(words(greeting)).isEqualTo("Error, exit code 1");
    assertThat(words("NOTE: Picked up JDK_JAVA_OPTIONS: -ea")).isEqualTo("Error, exit code 1");
  }

  @Test
  void noWordIsCut() {
    var words = words("word ".repeat(400) + "end");
    assertThat(words).startsWith("…word word").endsWith("word end").hasSizeLessThanOrEqualTo(500);
    assertThat(Excerpt.first("word ".repeat(400), 100))
        .startsWith("word word")
        .endsWith("word…")
        .hasSizeLessThanOrEqualTo(100);
    assertThat(Excerpt.first("a".repeat(400), 100)).isEqualTo("a".repeat(99) + "…");
    assertThat(Excerpt.last("a".repeat(400), 100)).isEqualTo("…" + "a".repeat(99));
  }

  @Test
  void aFullDiskIsCalledSo() {
    var pod =
        pod(
            waiting("CrashLoopBackOff"),
            ended("Error", 1, "PANIC:  could not write to file: No space left on device"));
    assertThat(diagnosis(pod).reason()).isEqualTo("DiskFull");
    assertThat(diagnosis(pod).message()).contains("spec.api.storage.size", "PANIC");
  }

  @Test
  void aPodThatMakesNoProgressIsAnOutageAfterTenMinutes() {
    var pod = pod(waiting("ContainerCreating"), new ContainerState());
    assertThat(at(pod, Duration.ofSeconds(599)).serious()).isFalse();
    assertThat(at(pod, Duration.ofSeconds(600)))
        .isEqualTo(
            new Diagnosis(
                "ProgressDeadlineExceeded",
                "pod api-0 has not been ready since %s: FailedMount: no such Secret".formatted(NOW),
                true));
    assertThat(Deadline.next(new ObservedState(List.of(pod)), Stream.empty(), NOW.plusSeconds(599)))
        .contains(Duration.ofSeconds(1));
    assertThat(Deadline.next(new ObservedState(List.of(pod)), Stream.empty(), NOW.plusSeconds(600)))
        .isEmpty();
  }

  @Test
  void soIsAPodThatDoesNotEnd() {
    var pod =
        new PodBuilder(pod(running(), new ContainerState()))
            .editMetadata()
            .withDeletionTimestamp(NOW.toString())
            .endMetadata()
            .build();
    assertThat(at(pod, Duration.ofSeconds(599)).serious()).isFalse();
    assertThat(at(pod, Duration.ofSeconds(600)).message())
        .startsWith("pod api-0 should have ended at " + NOW)
        .contains("delete the node");
  }

  @Test
  void soIsAControllerThatMakesNoPods() {
    assertThat(diagnosis(List.of(), NOW.minusSeconds(599), NOW).serious()).isFalse();
    assertThat(diagnosis(List.of(), NOW.minusSeconds(600), NOW))
        .extracting(Diagnosis::reason, Diagnosis::serious)
        .containsExactly("ProgressDeadlineExceeded", true);
  }

  @Test
  void soIsADeploymentThatSaysSo() {
    var given =
        new DeploymentBuilder(api)
            .editStatus()
            .addNewCondition()
            .withType("Progressing")
            .withStatus("False")
            .withReason("ProgressDeadlineExceeded")
            .endCondition()
            .endStatus()
            .build();
    var pod = pod(running(), new ContainerState());
    assertThat(diagnosis(given, List.of(pod), NOW, NOW).reason())
        .isEqualTo("ProgressDeadlineExceeded");
  }

  private String words(String message) {
    return TerminationMessage.of(pod(waiting("CrashLoopBackOff"), ended("Error", 1, message)))
        .orElseThrow();
  }

  private Diagnosis at(Pod pod, Duration later) {
    return diagnosis(List.of(pod), NOW, NOW.plus(later));
  }

  private Diagnosis diagnosis(Pod pod) {
    return diagnosis(List.of(pod), NOW, NOW);
  }

  private Diagnosis diagnosis(List<Pod> pods, Instant since, Instant now) {
    return diagnosis(api, pods, since, now);
  }

  private static Diagnosis diagnosis(
      HasMetadata workload, List<Pod> pods, Instant since, Instant now) {
    return Diagnosis.of(
        Names.API,
        workload,
        new ObservedState(pods),
        Optional.empty(),
        Map.of("u1", "FailedMount: no such Secret"),
        since,
        now);
  }

  /** A pod of the API that has not been ready since now. */
  private Pod pod(ContainerState state, ContainerState last) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("voting-api")
        .withName("api-0")
        .withUid("u1")
        .withCreationTimestamp(NOW.toString())
        .withLabels(api.getSpec().getTemplate().getMetadata().getLabels())
        .endMetadata()
        .withSpec(api.getSpec().getTemplate().getSpec())
        .withNewStatus()
        .withPhase("Pending")
        .addNewContainerStatus()
        .withName(Names.API)
        .withReady(false)
        .withRestartCount(5)
        .withState(state)
        .withLastState(last)
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static ContainerState waiting(String reason) {
    return new ContainerStateBuilder().withNewWaiting().withReason(reason).endWaiting().build();
  }

  private static ContainerState running() {
    return new ContainerStateBuilder().withNewRunning().endRunning().build();
  }

  private static ContainerState ended(String reason, int code, String message) {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withReason(reason)
        .withExitCode(code)
        .withMessage(message)
        .withFinishedAt(NOW.toString())
        .endTerminated()
        .build();
  }
}
