package dev.voting.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.PollSpec;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.crd.VotingAppStatus.PollStatus;
import dev.voting.crd.VotingAppStatus.PollStatus.State;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.blueprint.components.Poll;
import dev.voting.operator.cluster.PollReport;
import dev.voting.operator.status.PollStatusReport.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a poll is, by what was reported and the time. */
class PollStatusReportTest {

  private static final Instant OPENS = Instant.parse("2026-12-01T18:00:00Z");
  private static final Instant CLOSES = Instant.parse("2026-12-01T18:05:00Z");
  private static final Instant BEFORE = OPENS.minusMillis(1);

  private final VotingApp app = app("1", "Lunch?");
  private final PollSpec poll = app.getSpec().poll();

  @Test
  void nothingIsKnownUntilTheJobHasEnded() {
    var report = report(Optional.empty(), Optional.empty(), BEFORE);
    assertThat(report.status()).isEmpty();
    assertThat(report.applied()).isEqualTo(new Verdict("False", "Declaring", "it waits"));
    assertThat(report.open())
        .isEqualTo(new Verdict("Unknown", "Declaring", "no poll is in force yet"));
    assertThat(report.conflict()).isEmpty();
  }

  @Test
  void itOpensAndClosesByTheClock() {
    assertThat(at(BEFORE).status().orElseThrow())
        .isEqualTo(
            new PollStatus(
                "1", State.Upcoming, OPENS.toString(), CLOSES.toString(), 3, Poll.digest(poll)));
    assertThat(at(BEFORE).open())
        .isEqualTo(new Verdict("False", "NotOpenYet", "round 1 opens at 2026-12-01T18:00:00Z"));
    assertThat(at(OPENS).open())
        .isEqualTo(new Verdict("True", "Open", "round 1 is open until 2026-12-01T18:05:00Z"));
    assertThat(at(CLOSES.minusMillis(1)).open().reason()).isEqualTo("Open");
    assertThat(at(CLOSES).open().reason()).isEqualTo("Closed");
    assertThat(at(CLOSES).open().status()).isEqualTo("False");
    assertThat(at(CLOSES).applied())
        .isEqualTo(new Verdict("True", "Declared", "round 1, revision 3 is in force"));
  }

  @Test
  void finalIsWhatWasReportedAsSuch() {
    var report = report(Optional.of(found(true)), Optional.empty(), CLOSES);
    assertThat(report.status()).map(PollStatus::state).contains(State.Final);
    assertThat(report.open().reason()).isEqualTo("Final");
    assertThat(report.open().status()).isEqualTo("False");
    // And it stays, whatever became of the pod, and whatever the operator's clock says.
    var later = report(Optional.empty(), Optional.of(before(report)), BEFORE);
    assertThat(later.status()).isEqualTo(report.status());
  }

  @Test
  void aRefusalSaysWhatIsInForce() {
    var refused =
        new PollReport(
            Optional.of("options: the key \"x\" is missing"),
            "1",
            2,
            Optional.empty(),
            Optional.empty(),
            false);
    var report = report(Optional.of(refused), Optional.empty(), BEFORE);
    assertThat(report.applied())
        .isEqualTo(
            new Verdict(
                "False",
                "RoundConflict",
                "spec.poll.options: the key \"x\" is missing; round 1, revision 2 stays in force"));
    assertThat(report.conflict())
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.reason()).isEqualTo("RoundConflict");
              assertThat(finding.message()).startsWith("spec.poll.options: ");
            });
    assertThat(report.open().message())
        .isEqualTo("round 1 is open, and no time is set for its close");
    assertThat(report.status()).map(PollStatus::revision).contains(2);
  }

  @Test
  void whatWasReportedOfADefinitionStaysWithoutThePod() {
    var before = before(at(OPENS));
    var kept = report(Optional.empty(), Optional.of(before), CLOSES);
    assertThat(kept.applied()).isEqualTo(at(OPENS).applied());
    assertThat(kept.status()).map(PollStatus::state).contains(State.Closed);
  }

  @Test
  void anotherDefinitionIsNotDeclaredByTheReportOfTheOneBefore() {
    var before = before(at(OPENS));
    var other =
        PollStatusReport.of(
            app("1", "Dinner?").getSpec().poll(),
            Optional.empty(),
            Optional.of(before),
            "it waits",
            OPENS);
    assertThat(other.applied()).isEqualTo(new Verdict("False", "Declaring", "it waits"));
    // What is in force is so until there is another one.
    assertThat(other.status()).isEqualTo(Optional.of(before.poll()));
    assertThat(other.open().reason()).isEqualTo("Open");
    // Nor by that of one that the operator never saw the end of.
    var again = report(Optional.empty(), Optional.of(before(other)), OPENS);
    assertThat(again.applied().reason()).isEqualTo("Declaring");
  }

  @Test
  void theOperatorLooksAgainWhenItOpensAndWhenItCloses() {
    assertThat(next(at(BEFORE), BEFORE)).contains(Duration.ofMillis(501));
    assertThat(next(at(OPENS), OPENS)).contains(Duration.ofMinutes(5).plusMillis(500));
    // A Job that waits for the end is wanted next.
    assertThat(next(at(CLOSES), CLOSES)).contains(Duration.ofSeconds(1));
    app.setStatus(before(at(CLOSES)));
    assertThat(next(at(CLOSES), CLOSES)).isEmpty();
  }

  @Test
  void withoutAPollThereIsNothingToLookFor() {
    var none = new VotingApp();
    none.getMetadata().setName("voting");
    assertThat(PollStatusReport.next(none, Renderings.of(none), before(at(CLOSES)), CLOSES))
        .isEmpty();
  }

  private Optional<Duration> next(PollStatusReport report, Instant now) {
    return PollStatusReport.next(app, Renderings.of(app), before(report), now);
  }

  private PollStatusReport at(Instant now) {
    return report(Optional.of(found(false)), Optional.empty(), now);
  }

  private PollStatusReport report(
      Optional<PollReport> found, Optional<VotingAppStatus> before, Instant now) {
    return PollStatusReport.of(poll, found, before, "it waits", now);
  }

  private static PollReport found(boolean isFinal) {
    return new PollReport(
        Optional.empty(),
        "1",
        3,
        Optional.of(OPENS.toString()),
        Optional.of(CLOSES.toString()),
        isFinal);
  }

  private static VotingAppStatus before(PollStatusReport report) {
    return new VotingAppStatus(
        1L,
        null,
        null,
        List.of(
            condition(PollStatusReport.APPLIED, report.applied()),
            condition(PollStatusReport.OPEN, report.open())),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        report.status().orElse(null));
  }

  private static Condition condition(String type, Verdict verdict) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(verdict.status())
        .withReason(verdict.reason())
        .withMessage(verdict.message())
        .build();
  }

  private static VotingApp app(String round, String title) {
    return Serialization.unmarshal(
        """
        apiVersion: voting.dev/v1alpha1
        kind: VotingApp
        metadata: {name: voting}
        spec:
          poll:
            title: %s
            round: "%s"
            options: [{key: a, label: A}, {key: b, label: B}]
            opensAt: "%s"
            closesAt: "%s"
        """
            .formatted(title, round, OPENS, CLOSES),
        VotingApp.class);
  }
}
