package dev.voting.operator.status;

import dev.voting.crd.VotingApp;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.Retention;
import dev.voting.operator.status.diagnosis.Diagnosis;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Namespace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The conditions that speak for the whole: Ready, Progressing and Degraded.
 *
 * @param findings what should be, what is, and what went wrong
 * @param diagnoses what is wrong with the components
 * @param presence whether the data are still there
 * @param conflict set while the spec's poll is refused
 */
record Summary(
    VotingApp app,
    Findings findings,
    List<Diagnosis> diagnoses,
    Optional<Condition> presence,
    Optional<Finding> conflict,
    Instant now) {

  private static final Duration TIME_TO_GO = Duration.ofMinutes(1);

  void addTo(Conditions conditions) {
    var problems = findings.problems();
    var serious = diagnoses.stream().filter(Diagnosis::serious).toList();
    var paused = app.getSpec().paused();
    if (!problems.isEmpty()) {
      conditions.add(StatusReport.READY, false, problems.getFirst().reason(), text(problems));
    } else if (!diagnoses.isEmpty()) {
      var worst = serious.isEmpty() ? diagnoses.getFirst() : serious.getFirst();
      conditions.add(
          StatusReport.READY,
          false,
          worst.reason(),
          diagnoses.stream().map(Diagnosis::message).distinct().collect(Collectors.joining("; ")));
    } else if (definition().isPresent()) {
      conditions.add(
          StatusReport.READY,
          true,
          definition().get().reason(),
          "every component is available, but " + definition().get().message());
    } else if (presence.filter(DataPresence::isLost).isPresent()) {
      conditions.add(
          StatusReport.READY,
          true,
          DataPresence.LOST,
          "every component is available, but " + presence.get().getMessage());
    } else if (conflict.isPresent()) {
      conditions.add(
          StatusReport.READY,
          true,
          conflict.get().reason(),
          "every component is available, but " + conflict.get().message());
    } else {
      conditions.add(StatusReport.READY, true, "Available", "every component is available");
    }
    if (paused) {
      conditions.add(
          StatusReport.PROGRESSING,
          false,
          "Paused",
          "spec.paused is true: the operator changes nothing until it is false"
              + Retention.inForce(app, findings.view())
                  .filter(policy -> policy != app.getSpec().deletionPolicy())
                  .map("; deletionPolicy %s is in force until then"::formatted)
                  .orElse(""));
    } else if (problems.isEmpty() && diagnoses.stream().allMatch(Diagnosis::isConverged)) {
      conditions.add(
          StatusReport.PROGRESSING, false, "Converged", "everything is as the spec wants it");
    } else {
      conditions.add(StatusReport.PROGRESSING, true, "Converging", "the operator is at work");
    }
    var lasting = problems.stream().filter(problem -> !isPassing(problem)).toList();
    if (!lasting.isEmpty()) {
      conditions.add(StatusReport.DEGRADED, true, lasting.getFirst().reason(), text(lasting));
    } else if (!serious.isEmpty()) {
      conditions.add(
          StatusReport.DEGRADED,
          true,
          serious.getFirst().reason(),
          serious.stream().map(Diagnosis::message).distinct().collect(Collectors.joining("; ")));
    } else if (findings.outdated().or(() -> conflict).isPresent()) {
      var found = findings.outdated().or(() -> conflict).get();
      conditions.add(StatusReport.DEGRADED, true, found.reason(), found.message());
    } else {
      conditions.add(StatusReport.DEGRADED, false, "AsExpected", "nothing needs an admin");
    }
  }

  /** A definition of another version, which keeps nobody from voting. */
  private Optional<Finding> definition() {
    return findings.outdated().or(findings::newer);
  }

  /** A namespace that is being deleted is gone in a moment, unless something holds it. */
  private boolean isPassing(Finding problem) {
    return problem.reason().equals("NamespaceTerminating")
        && findings.view().all(Namespace.class).stream()
            .filter(Namespace::isMarkedForDeletion)
            .map(namespace -> Instant.parse(namespace.getMetadata().getDeletionTimestamp()))
            .allMatch(since -> since.plus(TIME_TO_GO).isAfter(now));
  }

  private static String text(List<Finding> problems) {
    return problems.stream().map(Finding::message).distinct().collect(Collectors.joining("; "));
  }
}
