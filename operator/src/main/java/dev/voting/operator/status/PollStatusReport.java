package dev.voting.operator.status;

import dev.voting.crd.PollSpec;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.crd.VotingAppStatus.PollStatus;
import dev.voting.crd.VotingAppStatus.PollStatus.State;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.components.Poll;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.PollReport;
import dev.voting.operator.status.diagnosis.Diagnosis;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a poll is: by what is in force, and not by the spec, which may have been refused. What was
 * reported once of a definition stays true of it, though the pod that reported is gone.
 *
 * @param status for {@code status.poll}; empty until a poll is in force
 * @param applied the condition {@link #APPLIED}
 * @param open the condition {@link #OPEN}
 */
public record PollStatusReport(Optional<PollStatus> status, Verdict applied, Verdict open) {

  static final String APPLIED = "PollApplied";
  static final String OPEN = "PollOpen";

  private static final String DECLARED = "Declared";
  private static final String CONFLICT = "RoundConflict";
  private static final String DECLARING = "Declaring";

  /** So that the clock is past a moment when one looks. */
  private static final Duration MARGIN = Duration.ofMillis(500);

  /** Until the status is there that a Job of another kind depends on. */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** What a condition says. */
  record Verdict(String status, String reason, String message) {}

  /**
   * Decides what to report.
   *
   * @param poll as the spec wants it
   * @param report what its Job's pod said, if it has ended
   * @param before the status that was reported before
   * @param waits what keeps the Job from declaring it
   */
  static PollStatusReport of(
      PollSpec poll,
      Optional<PollReport> report,
      Optional<VotingAppStatus> before,
      String waits,
      Instant now) {
    var digest = Poll.digest(poll);
    var last = before.map(VotingAppStatus::poll);
    var status =
        report
            .map(found -> status(found, digest, now))
            .or(() -> last.map(kept -> later(kept, now)));
    var applied =
        report
            .map(PollStatusReport::applied)
            .or(
                () ->
                    before
                        .filter(_ -> last.filter(l -> digest.equals(l.declared())).isPresent())
                        .flatMap(PollStatusReport::settled))
            .orElseGet(() -> new Verdict("False", DECLARING, waits));
    return new PollStatusReport(
        status,
        applied,
        status
            .map(PollStatusReport::open)
            .orElse(new Verdict("Unknown", DECLARING, "no poll is in force yet")));
  }

  /** What was reported before, if there was a result. */
  private static Optional<Verdict> settled(VotingAppStatus before) {
    return Conditions.find(before.conditions(), APPLIED)
        .filter(condition -> List.of(DECLARED, CONFLICT).contains(condition.getReason()))
        .map(kept -> new Verdict(kept.getStatus(), kept.getReason(), kept.getMessage()));
  }

  /**
   * What keeps a poll from being declared.
   *
   * @param wanted the Job that declares it
   * @param actual the same, as the cluster holds it
   * @param problem of the Job, or of a server
   */
  static String waits(Job wanted, Optional<Job> actual, Optional<Diagnosis> problem) {
    var why =
        actual.filter(Availability::isDone).isPresent()
            ? "it has ended, and its pod, which reported, is gone: delete the Job, and the operator"
                + " creates it again"
            : problem
                .map(Diagnosis::message)
                .orElse(actual.isEmpty() ? "it is not created yet" : "its pod is at work");
    return "Job %s has not declared it yet: %s".formatted(wanted.getMetadata().getName(), why);
  }

  /** Set while the spec's poll breaks a promise of its round. */
  Optional<Finding> conflict() {
    return Optional.of(applied)
        .filter(verdict -> verdict.reason().equals(CONFLICT))
        .map(verdict -> new Finding(verdict.reason(), verdict.message()));
  }

  /**
   * When another status is due though nothing changes.
   *
   * @param blueprint by the status of before
   * @param next the new status
   */
  public static Optional<Duration> next(
      VotingApp app, Blueprint blueprint, VotingAppStatus next, Instant now) {
    var wanted = Optional.ofNullable(app.getSpec().poll());
    var status = Optional.ofNullable(next.poll()).filter(_ -> wanted.isPresent());
    var job =
        status
            .filter(found -> Poll.waitsUntilFinal(wanted.orElseThrow(), found))
            .filter(_ -> !Poll.waitsUntilFinal(blueprint))
            .map(_ -> SOON);
    var change =
        status.stream()
            .flatMap(found -> Stream.of(instant(found.opensAt()), instant(found.closesAt())))
            .flatMap(Optional::stream)
            .filter(at -> at.isAfter(now))
            .map(at -> Duration.between(now, at).plus(MARGIN));
    return Stream.concat(job.stream(), change).min(Duration::compareTo);
  }

  private static PollStatus status(PollReport report, String digest, Instant now) {
    return new PollStatus(
        report.round(),
        state(report.isFinal(), report.opensAt().orElse(null), report.closesAt().orElse(null), now),
        report.opensAt().orElse(null),
        report.closesAt().orElse(null),
        report.revision(),
        digest);
  }

  /** The same poll, at another time. */
  private static PollStatus later(PollStatus before, Instant now) {
    return new PollStatus(
        before.round(),
        state(before.state() == State.Final, before.opensAt(), before.closesAt(), now),
        before.opensAt(),
        before.closesAt(),
        before.revision(),
        before.declared());
  }

  private static State state(boolean isFinal, String opensAt, String closesAt, Instant now) {
    if (isFinal) {
      return State.Final;
    }
    if (instant(closesAt).filter(at -> !at.isAfter(now)).isPresent()) {
      return State.Closed;
    }
    return instant(opensAt).filter(at -> at.isAfter(now)).isPresent() ? State.Upcoming : State.Open;
  }

  /** Of text that comes from elsewhere: what is no time has no say. */
  private static Optional<Instant> instant(String time) {
    try {
      return Optional.ofNullable(time).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Verdict applied(PollReport report) {
    var inForce = "round %s, revision %d ".formatted(report.round(), report.revision());
    return report
        .problem()
        .map(
            problem ->
                new Verdict(
                    "False", CONFLICT, "spec.poll." + problem + "; " + inForce + "stays in force"))
        .orElse(new Verdict("True", DECLARED, inForce + "is in force"));
  }

  private static Verdict open(PollStatus status) {
    var round = "round " + status.round();
    return switch (status.state()) {
      case Upcoming ->
          new Verdict("False", "NotOpenYet", "%s opens at %s".formatted(round, status.opensAt()));
      case Open ->
          new Verdict(
              "True",
              "Open",
              status.closesAt() == null
                  ? round + " is open, and no time is set for its close"
                  : "%s is open until %s".formatted(round, status.closesAt()));
      case Closed ->
          new Verdict(
              "False",
              "Closed",
              "%s closed at %s, and its votes are being counted"
                  .formatted(round, status.closesAt()));
      case Final ->
          new Verdict(
              "False",
              "Final",
              "%s closed at %s, and all of its votes are counted"
                  .formatted(round, status.closesAt()));
    };
  }
}
