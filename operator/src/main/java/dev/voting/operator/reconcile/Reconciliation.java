package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.apply.Contests;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.status.Findings;
import dev.voting.operator.status.PollStatusReport;
import dev.voting.operator.status.StatusReport;
import dev.voting.operator.status.UnknownStatus;
import dev.voting.operator.status.diagnosis.Deadline;
import dev.voting.operator.status.text.Redactor;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import dev.voting.operator.watch.InstalledCrd;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reconciliation of one VotingApp: observes, makes the steps, and reports.
 *
 * @param converge the steps
 * @param whilePaused those that are made while the VotingApp is paused
 * @param observe the last step, whatever became of the others
 */
record Reconciliation(
    List<Step> converge,
    List<Step> whilePaused,
    Step observe,
    Contests contests,
    InstalledCrd crd,
    Clock clock) {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  /**
   * What came of a reconciliation.
   *
   * @param failure what a retry may correct, in words for the log
   * @param next in how long to look again
   */
  record Result(VotingAppStatus status, Optional<String> failure, Optional<Duration> next) {}

  /**
   * Brings a VotingApp on its way. Whatever fails ends in the status, which so never keeps the word
   * of another generation.
   */
  Result run(VotingApp app, ObservedState observed) {
    if (!app.unreadable().isEmpty()) {
      var failure = Finding.notUnderstood(app.unreadable());
      return new Result(
          crd.known(UnknownStatus.leftAlone(app, failure, clock.instant())),
          Optional.empty(),
          Optional.empty());
    }
    try {
      return report(Step.attempt(observe, steps(Plan.of(app, observed))));
    } catch (RuntimeException e) {
      LOG.error("the reconciliation of {} failed", app.name(), e);
      var failure = Finding.failed(e);
      return new Result(
          crd.known(UnknownStatus.failed(app, failure, clock.instant())),
          Optional.of(failure.message()),
          Optional.empty());
    }
  }

  private Plan steps(Plan start) {
    if (start.app().getSpec().paused()) {
      return Step.runAll(whilePaused, start);
    }
    var app = start.app().name();
    var plan = Step.runAll(converge, start);
    return plan.block(contests.problems(app)).lookAgain(contests.next(app));
  }

  private Result report(Plan plan) {
    var notes = plan.notes();
    var findings =
        new Findings(
            plan.blueprint(),
            plan.observed(),
            Stream.concat(notes.failures().stream(), notes.obstacles().stream()).toList(),
            crd.outdated(),
            crd.newer(),
            notes.consumer(),
            notes.refusals(),
            notes.podEvents(),
            notes.rotation());
    var now = clock.instant();
    var status = StatusReport.of(plan.app(), findings, now);
    var deadline = Deadline.next(plan.observed(), StatusReport.unavailable(status), now);
    return new Result(
        crd.known(status),
        failure(plan),
        plan
            .lookAgain(deadline)
            .lookAgain(PollStatusReport.next(plan.app(), plan.blueprint(), status, now))
            .notes()
            .waits()
            .stream()
            .min(Duration::compareTo));
  }

  /** What a retry may correct, as opposed to what waits for somebody else. */
  private static Optional<String> failure(Plan plan) {
    var failures = plan.notes().failures();
    return failures.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Redactor.of(plan.blueprint(), plan.observed())
                .apply(failures.stream().map(Finding::message).collect(Collectors.joining("; "))));
  }
}
