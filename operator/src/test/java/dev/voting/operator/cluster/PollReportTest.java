package dev.voting.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator understands of the line that the poll's program leaves. */
class PollReportTest {

  private static final String OPEN =
      "poll declared; in force: round 1, revision 3, opens 2026-12-01T18:00:00Z, closes -, final no";

  @Test
  void aPollThatIsDeclared() {
    assertThat(PollReport.of(OPEN))
        .contains(
            new PollReport(
                Optional.empty(),
                "1",
                3,
                Optional.of("2026-12-01T18:00:00Z"),
                Optional.empty(),
                false));
  }

  @Test
  void aPollThatIsRefused() {
    assertThat(
            PollReport.of(
                "poll refused: options: the key \"x; y, z\" is missing, and keys stay; in force: round"
                    + " a-2, revision 12, opens -, closes 2026-12-01T18:05:00Z, final yes\n"))
        .contains(
            new PollReport(
                Optional.of("options: the key \"x; y, z\" is missing, and keys stay"),
                "a-2",
                12,
                Optional.empty(),
                Optional.of("2026-12-01T18:05:00Z"),
                true));
  }

  /** As a log in its place would have them. */
  @Test
  void otherLinesBefore() {
    assertThat(PollReport.of("Picked up JAVA_TOOL_OPTIONS: -Xss1m\n" + OPEN)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "poll declared",
        "poll: cannot reach PostgreSQL",
        "poll declared; in force: round 1, revision x, opens -, closes -, final no",
        "poll declared; in force: round 1, revision 3, opens -, closes -, final maybe",
        "poll declared; in force: round Ü, revision 3, opens -, closes -, final no"
      })
  void whatIsNoReport(String words) {
    assertThat(PollReport.of(words)).isEmpty();
  }

  @Test
  void ofTheJobsOwnNewestPodThatHasEnded() {
    var job = job("u1");
    var view =
        view(
            job,
            pod("poll-old", "u1", "2026-11-01T00:00:00Z", OPEN.replace("revision 3", "revision 1")),
            pod("poll-new", "u1", "2026-11-01T00:00:09Z", OPEN.replace("revision 3", "revision 2")),
            pod("poll-newest", "u1", "2026-11-01T00:00:10Z", null),
            pod("poll-other", "u2", "2026-11-01T00:00:11Z", OPEN));
    assertThat(PollReport.of(job, view)).map(PollReport::revision).contains(2);
    assertThat(PollReport.of(job, view(job))).isEmpty();
    assertThat(PollReport.of(job, new ObservedState(List.of()))).isEmpty();
  }

  private static ObservedState view(Job job, Pod... pods) {
    return new ObservedState(Stream.concat(Stream.of(job), Stream.of(pods)).toList());
  }

  private static Job job(String uid) {
    return new JobBuilder()
        .withNewMetadata()
        .withNamespace("voting-consumer")
        .withName("poll-1")
        .withUid(uid)
        .endMetadata()
        .build();
  }

  private static Pod pod(String name, String job, String created, String words) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("voting-consumer")
        .withName(name)
        .withCreationTimestamp(created)
        .addNewOwnerReference()
        .withUid(job)
        .endOwnerReference()
        .endMetadata()
        .withNewStatus()
        .addNewContainerStatus()
        .withName("injected")
        .withNewState()
        .withNewTerminated()
        .withMessage(OPEN.replace("revision 3", "revision 99"))
        .endTerminated()
        .endState()
        .endContainerStatus()
        .addNewContainerStatus()
        .withName("poll")
        .withNewState()
        .withNewTerminated()
        .withMessage(words)
        .endTerminated()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
