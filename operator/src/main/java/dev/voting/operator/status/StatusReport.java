package dev.voting.operator.status;

import dev.voting.crd.ExposureSpec;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.crd.VotingAppStatus.ReadyCount;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.cluster.Retention;
import dev.voting.operator.status.diagnosis.Counting;
import dev.voting.operator.status.diagnosis.Diagnosis;
import dev.voting.operator.status.diagnosis.LostVotes;
import dev.voting.operator.status.diagnosis.RouteAcceptance;
import dev.voting.operator.status.text.Redactor;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Draws up the status of a VotingApp from what the caches hold and what went wrong. */
public final class StatusReport {

  public static final String READY = "Ready";
  public static final String PROGRESSING = "Progressing";
  public static final String DEGRADED = "Degraded";
  public static final String CREDENTIALS_ROTATED = "CredentialsRotated";
  public static final String EXPOSED = "Exposed";
  public static final String COUNTING = "Counting";

  private static final List<String> COMPONENTS =
      List.of(Names.POSTGRES, Names.REDIS, Names.API, Names.CONSUMER, Names.FRONTEND);

  private static final Duration TIME_TO_GO = Duration.ofMinutes(1);

  /** The types of all conditions. */
  public static final List<String> CONDITIONS =
      Stream.concat(
              Stream.of(READY, PROGRESSING, DEGRADED, COUNTING),
              COMPONENTS.stream().map(StatusReport::type))
          .toList();

  private final VotingApp app;
  private final Blueprint blueprint;
  private final ObservedState view;
  private final Findings findings;
  private final Instant now;
  private final Map<String, Availability> availability = new HashMap<>();
  private final Map<String, Diagnosis> diagnosed = new HashMap<>();
  private final List<Diagnosis> diagnoses = new ArrayList<>();
  private final Conditions conditions;
  private final Optional<Condition> presence;

  private StatusReport(VotingApp app, Findings findings, Instant now) {
    this.app = app;
    this.blueprint = findings.blueprint();
    this.view = findings.view();
    this.findings = findings;
    this.now = now;
    this.presence = DataPresence.of(app, view, now);
    this.conditions =
        new Conditions(
            Optional.ofNullable(app.getStatus()).map(VotingAppStatus::conditions).orElse(List.of()),
            app.getMetadata().getGeneration(),
            now,
            Redactor.of(blueprint, view));
  }

  /**
   * Draws up the status.
   *
   * @param app the VotingApp, with its last status
   * @param findings what should be, what is, and what went wrong
   * @param now the time of any transition
   */
  public static VotingAppStatus of(VotingApp app, Findings findings, Instant now) {
    return new StatusReport(app, findings, now).status(findings.problems(), findings.rotation());
  }

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
    conditions.add(READY, false, problem.reason(), problem.message());
    if (progressing) {
      conditions.add(PROGRESSING, true, "Converging", "the operator is at work");
    } else {
      conditions.add(PROGRESSING, false, problem.reason(), problem.message());
    }
    conditions.add(DEGRADED, true, problem.reason(), problem.message());
    conditions.add(COUNTING, "Unknown", "NotLookedAt", "see Ready for the cause");
    for (var component : COMPONENTS) {
      conditions.add(type(component), "Unknown", "NotLookedAt", "see Ready for the cause");
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
        last.map(VotingAppStatus::deletionPolicy).orElse(null));
  }

  /**
   * The status of a condition.
   *
   * @param app a VotingApp as the cluster holds it
   * @param type of the condition
   * @return {@code True}, {@code False} or {@code Unknown}
   */
  public static String status(VotingApp app, String type) {
    return Optional.ofNullable(app.getStatus())
        .flatMap(status -> Conditions.find(status.conditions(), type))
        .map(Condition::getStatus)
        .orElse("Unknown");
  }

  /** The conditions of the components that are not available. */
  public static Stream<Condition> unavailable(VotingAppStatus status) {
    return status.conditions().stream()
        .filter(
            condition ->
                COMPONENTS.stream().map(StatusReport::type).anyMatch(condition.getType()::equals))
        .filter(condition -> condition.getStatus().equals("False"));
  }

  private VotingAppStatus status(List<Finding> problems, Optional<RotationReport> rotation) {
    COMPONENTS.forEach(this::component);
    var counting = Counting.of(availability, diagnosed);
    var acceptance = RouteAcceptance.of(blueprint, view);
    acceptance.flatMap(RouteAcceptance::refusal).ifPresent(diagnoses::add);
    summary(problems);
    // The summary first, as people read.
    var list = new ArrayList<>(conditions.list());
    var ordered = new ArrayList<>(list.subList(COMPONENTS.size(), list.size()));
    ordered.add(counted(counting));
    ordered.addAll(list.subList(0, COMPONENTS.size()));
    acceptance.ifPresent(found -> ordered.add(exposed(found)));
    rotation.ifPresent(report -> ordered.add(rotated(report)));
    presence.ifPresent(ordered::add);
    LostVotes.of(view).ifPresent(votes -> ordered.add(lost(votes)));
    return new VotingAppStatus(
        app.getMetadata().getGeneration(),
        Images.CURRENT.version(),
        url(),
        ordered,
        count(Names.FRONTEND),
        count(Names.API),
        count(Names.CONSUMER),
        count(Names.POSTGRES),
        count(Names.REDIS),
        workload(Names.CONSUMER)
            .filter(Job.class::isInstance)
            .map(job -> job.getMetadata().getName())
            .orElse(null),
        findings.consumer().ends().orElse(null),
        Retention.inForce(app, view).orElse(null));
  }

  private void component(String component) {
    var type = type(component);
    var desired = workload(component);
    if (desired.isEmpty()) {
      conditions.add(type, true, "External", component + " is not the operator's");
      return;
    }
    var actual = view.find(desired.get()).filter(found -> !Ownership.isOfAnEarlier(found, app));
    if (actual.isEmpty()) {
      var diagnosis =
          past(component)
              .orElse(new Diagnosis("NotMadeYet", component + " is not made yet", false));
      unavailable(component, diagnosis);
      return;
    }
    var found = Availability.of(actual.get());
    availability.put(component, found);
    var stopped = Counting.stopped(component, desired.get(), found);
    if (stopped.isPresent()) {
      unavailable(component, stopped.get());
    } else if (found.isAvailable()) {
      conditions.add(
          type,
          true,
          "Available",
          "%d of %d pods are ready".formatted(found.ready(), found.desired()));
    } else {
      var since = conditions.sinceBefore(type, "False").orElse(now);
      var present =
          Diagnosis.of(
              component,
              actual.get(),
              view,
              Optional.ofNullable(findings.refusals().get(component)),
              findings.podEvents(),
              since,
              now);
      var diagnosis =
          present.serious() && !Availability.isDone(actual.get())
              ? present
              : past(component).orElse(present);
      unavailable(component, diagnosis);
    }
  }

  private void unavailable(String component, Diagnosis diagnosis) {
    diagnosed.put(component, diagnosis);
    diagnoses.add(diagnosis);
    conditions.add(type(component), false, diagnosis.reason(), diagnosis.message());
  }

  /** Why the consumer does not work, as far as its last Job tells. */
  private Optional<Diagnosis> past(String component) {
    var past = findings.consumer();
    return past.ended()
        .filter(ended -> component.equals(Names.CONSUMER))
        .map(
            ended ->
                new Diagnosis(past.failed() ? "JobFailed" : "JobComplete", ended, past.failed()));
  }

  private static String type(String component) {
    return Character.toUpperCase(component.charAt(0)) + component.substring(1) + "Available";
  }

  private void summary(List<Finding> problems) {
    var serious = diagnoses.stream().filter(Diagnosis::serious).toList();
    var paused = app.getSpec().paused();
    if (!problems.isEmpty()) {
      conditions.add(READY, false, problems.getFirst().reason(), text(problems));
    } else if (!diagnoses.isEmpty()) {
      var worst = serious.isEmpty() ? diagnoses.getFirst() : serious.getFirst();
      conditions.add(
          READY,
          false,
          worst.reason(),
          diagnoses.stream().map(Diagnosis::message).distinct().collect(Collectors.joining("; ")));
    } else if (definition().isPresent()) {
      conditions.add(
          READY,
          true,
          definition().get().reason(),
          "every component is available, but " + definition().get().message());
    } else if (presence.filter(DataPresence::isLost).isPresent()) {
      conditions.add(
          READY,
          true,
          DataPresence.LOST,
          "every component is available, but " + presence.get().getMessage());
    } else {
      conditions.add(READY, true, "Available", "every component is available");
    }
    if (paused) {
      conditions.add(
          PROGRESSING,
          false,
          "Paused",
          "spec.paused is true: the operator changes nothing until it is false"
              + Retention.inForce(app, view)
                  .filter(policy -> policy != app.getSpec().deletionPolicy())
                  .map("; deletionPolicy %s is in force until then"::formatted)
                  .orElse(""));
    } else if (problems.isEmpty() && diagnoses.stream().allMatch(Diagnosis::isConverged)) {
      conditions.add(PROGRESSING, false, "Converged", "everything is as the spec wants it");
    } else {
      conditions.add(PROGRESSING, true, "Converging", "the operator is at work");
    }
    var lasting = problems.stream().filter(problem -> !isPassing(problem)).toList();
    if (!lasting.isEmpty()) {
      conditions.add(DEGRADED, true, lasting.getFirst().reason(), text(lasting));
    } else if (!serious.isEmpty()) {
      conditions.add(
          DEGRADED,
          true,
          serious.getFirst().reason(),
          serious.stream().map(Diagnosis::message).distinct().collect(Collectors.joining("; ")));
    } else if (findings.outdated().isPresent()) {
      var outdated = findings.outdated().get();
      conditions.add(DEGRADED, true, outdated.reason(), outdated.message());
    } else {
      conditions.add(DEGRADED, false, "AsExpected", "nothing needs an admin");
    }
  }

  /** A definition of another version, which keeps nobody from voting. */
  private Optional<Finding> definition() {
    return findings.outdated().or(findings::newer);
  }

  /** A namespace that is being deleted is gone in a moment, unless something holds it. */
  private boolean isPassing(Finding problem) {
    return problem.reason().equals("NamespaceTerminating")
        && view.all(Namespace.class).stream()
            .filter(Namespace::isMarkedForDeletion)
            .map(namespace -> Instant.parse(namespace.getMetadata().getDeletionTimestamp()))
            .allMatch(since -> since.plus(TIME_TO_GO).isAfter(now));
  }

  private static String text(List<Finding> problems) {
    return problems.stream().map(Finding::message).distinct().collect(Collectors.joining("; "));
  }

  private Condition counted(Counting counting) {
    conditions.add(COUNTING, counting.isTrue(), counting.reason(), counting.message());
    return conditions.list().getLast();
  }

  private Condition lost(long votes) {
    conditions.add(LostVotes.TYPE, true, LostVotes.REASON, LostVotes.message(votes));
    return conditions.list().getLast();
  }

  private Condition exposed(RouteAcceptance acceptance) {
    conditions.add(EXPOSED, acceptance.verdict().status, acceptance.reason(), acceptance.message());
    return conditions.list().getLast();
  }

  private Condition rotated(RotationReport rotation) {
    var what = "credentials of " + rotation.token();
    var over = rotation.waits().isEmpty();
    conditions.add(
        CREDENTIALS_ROTATED,
        over,
        over ? "Rotated" : "Rotating",
        over
            ? "only the %s are valid".formatted(what)
            : "the %s are valid beside the old ones; waits for %s"
                .formatted(what, String.join("; ", rotation.waits())));
    return conditions.list().getLast();
  }

  private Optional<HasMetadata> workload(String component) {
    return blueprint
        .objects()
        .filter(Availability::isWorkload)
        .filter(object -> component.equals(object.getMetadata().getLabels().get(Names.COMPONENT)))
        .findFirst();
  }

  private ReadyCount count(String component) {
    var found = availability.get(component);
    return found == null ? null : new ReadyCount(found.ready(), found.desired());
  }

  private String url() {
    var exposure = app.getSpec().exposure();
    if (exposure.type() == ExposureSpec.Type.None) {
      return null;
    }
    return (exposure.tls() == null ? "http://" : "https://") + exposure.host();
  }
}
