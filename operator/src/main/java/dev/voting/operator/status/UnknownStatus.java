package dev.voting.operator.status;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.status.text.Redactor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The status of a VotingApp whose components are not looked at. */
public final class UnknownStatus {
  private UnknownStatus() {}

  /**
   * The status of a VotingApp of which nothing is known but what went wrong.
   *
   * @param app the VotingApp, with its last status
   * @param problem what went wrong
   * @param now the time of any transition
   */
  public static VotingAppStatus failed(VotingApp app, Finding problem, Instant now) {
    return unknown(app, problem, true, now);
  }

  /**
   * The status of a VotingApp that the operator does not touch, as it does not know what is wanted.
   *
   * @param app the VotingApp, with its last status
   * @param problem why not
   * @param now the time of any transition
   */
  public static VotingAppStatus leftAlone(VotingApp app, Finding problem, Instant now) {
    return unknown(app, problem, false, now);
  }

  private static VotingAppStatus unknown(
      VotingApp app, Finding problem, boolean progressing, Instant now) {
    var last = Optional.ofNullable(app.getStatus());
    var conditions =
        new Conditions(
            last.map(VotingAppStatus::conditions).orElse(List.of()),
            app.getMetadata().getGeneration(),
            now,
            Redactor.of(Blueprint.EMPTY, new ObservedState(List.of())));
    conditions.add(StatusReport.READY, false, problem.reason(), problem.message());
    if (progressing) {
      conditions.add(StatusReport.PROGRESSING, true, "Converging", "the operator is at work");
    } else {
      conditions.add(StatusReport.PROGRESSING, false, problem.reason(), problem.message());
    }
    conditions.add(StatusReport.DEGRADED, true, problem.reason(), problem.message());
    conditions.add(StatusReport.COUNTING, "Unknown", "NotLookedAt", "see Ready for the cause");
    for (var component : StatusReport.COMPONENTS) {
      conditions.add(
          StatusReport.type(component), "Unknown", "NotLookedAt", "see Ready for the cause");
    }
    // Votes are accepted or not whatever becomes of the operator, so what it said of the poll is
    // worth
    // keeping.
    for (var type : List.of(PollStatusReport.APPLIED, PollStatusReport.OPEN)) {
      last.flatMap(status -> Conditions.find(status.conditions(), type))
          .ifPresent(
              kept -> conditions.add(type, kept.getStatus(), kept.getReason(), kept.getMessage()));
    }
    return new VotingAppStatus(
        app.getMetadata().getGeneration(),
        Images.CURRENT.version(),
        last.map(VotingAppStatus::url).orElse(null),
        conditions.list(),
        null,
        null,
        null,
        null,
        null,
        last.map(VotingAppStatus::consumerJob).orElse(null),
        last.map(VotingAppStatus::consumerJobEnds).orElse(null),
        last.map(VotingAppStatus::deletionPolicy).orElse(null),
        last.map(VotingAppStatus::poll).orElse(null));
  }
}
