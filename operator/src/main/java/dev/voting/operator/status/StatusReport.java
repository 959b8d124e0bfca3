package dev.voting.operator.status;

import dev.voting.crd.ExposureSpec;
import dev.voting.crd.PollSpec;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.crd.VotingAppStatus.ReadyCount;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Availability;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.cluster.PollReport;
import dev.voting.operator.cluster.Retention;
import dev.voting.operator.status.diagnosis.Counting;
import dev.voting.operator.status.diagnosis.Diagnosis;
import dev.voting.operator.status.diagnosis.LostVotes;
import dev.voting.operator.status.diagnosis.RouteAcceptance;
import dev.voting.operator.status.text.Redactor;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Draws up the status of a VotingApp from what the caches hold and what went wrong. */
public final class StatusReport {

  public static final String READY = "Ready";
  public static final String PROGRESSING = "Progressing";
  public static final String DEGRADED = "Degraded";
  public static final String CREDENTIALS_ROTATED = "CredentialsRotated";
  public static final String EXPOSED = "Exposed";
  public static final String COUNTING = "Counting";

  static final List<String> COMPONENTS =
      List.of(Names.POSTGRES, Names.REDIS, Names.API, Names.CONSUMER, Names.FRONTEND);

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
    return new StatusReport(app, findings, now).status();
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

  private VotingAppStatus status() {
    COMPONENTS.forEach(this::component);
    var counting = Counting.of(availability, diagnosed);
    var acceptance = RouteAcceptance.of(blueprint, view);
    acceptance.flatMap(RouteAcceptance::refusal).ifPresent(diagnoses::add);
    var poll = Optional.ofNullable(app.getSpec().poll()).map(this::poll);
    new Summary(app, findings, diagnoses, presence, poll.flatMap(PollStatusReport::conflict), now)
        .addTo(conditions);
    // The summary first, as people read.
    var list = new ArrayList<>(conditions.list());
    var ordered = new ArrayList<>(list.subList(COMPONENTS.size(), list.size()));
    ordered.add(counted(counting));
    ordered.addAll(list.subList(0, COMPONENTS.size()));
    acceptance.ifPresent(found -> ordered.add(exposed(found)));
    findings.rotation().ifPresent(report -> ordered.add(rotated(report)));
    presence.ifPresent(ordered::add);
    LostVotes.of(view).ifPresent(votes -> ordered.add(lost(votes)));
    poll.ifPresent(
        found -> {
          ordered.add(add(PollStatusReport.APPLIED, found.applied()));
          ordered.add(add(PollStatusReport.OPEN, found.open()));
        });
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
        Retention.inForce(app, view).orElse(null),
        poll.flatMap(PollStatusReport::status).orElse(null));
  }

  private Condition add(String type, PollStatusReport.Verdict verdict) {
    return conditions.add(type, verdict.status(), verdict.reason(), verdict.message());
  }

  private PollStatusReport poll(PollSpec poll) {
    var job = workload(Names.POLL).map(Job.class::cast).orElseThrow();
    var actual = view.find(job);
    var problem =
        actual
            .map(found -> diagnosis(Names.POLL, PollStatusReport.APPLIED, found))
            .filter(Diagnosis::serious)
            // It needs both servers.
            .or(() -> Optional.ofNullable(diagnosed.get(Names.POSTGRES)))
            .or(() -> Optional.ofNullable(diagnosed.get(Names.REDIS)));
    return PollStatusReport.of(
        poll,
        PollReport.of(job, view),
        Optional.ofNullable(app.getStatus()),
        PollStatusReport.waits(job, actual, problem),
        now);
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
      unavailable(
          component,
          past(component)
              .orElse(new Diagnosis("NotMadeYet", component + " is not created yet", false)));
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
      var present = diagnosis(component, type, actual.get());
      unavailable(
          component,
          present.serious() && !Availability.isDone(actual.get())
              ? present
              : past(component).orElse(present));
    }
  }

  private Diagnosis diagnosis(String component, String type, HasMetadata actual) {
    return Diagnosis.of(
        component,
        actual,
        view,
        Optional.ofNullable(findings.refusals().get(component)),
        findings.podEvents(),
        conditions.sinceBefore(type, "False").orElse(now),
        now);
  }

  private void unavailable(String component, Diagnosis diagnosis) {
    diagnosed.put(component, diagnosis);
    diagnoses.add(diagnosis);
    conditions.add(type(component), false, diagnosis.reason(), diagnosis.message());
  }

  /** Why the consumer does not work, as far as its last Job shows. */
  private Optional<Diagnosis> past(String component) {
    var past = findings.consumer();
    return past.ended()
        .filter(ended -> component.equals(Names.CONSUMER))
        .map(
            ended ->
                new Diagnosis(past.failed() ? "JobFailed" : "JobComplete", ended, past.failed()));
  }

  static String type(String component) {
    return Character.toUpperCase(component.charAt(0)) + component.substring(1) + "Available";
  }

  private Condition counted(Counting counting) {
    return conditions.add(COUNTING, counting.isTrue(), counting.reason(), counting.message());
  }

  private Condition lost(long votes) {
    return conditions.add(LostVotes.TYPE, true, LostVotes.REASON, LostVotes.message(votes));
  }

  private Condition exposed(RouteAcceptance acceptance) {
    return conditions.add(
        EXPOSED, acceptance.verdict().status, acceptance.reason(), acceptance.message());
  }

  private Condition rotated(RotationReport rotation) {
    var what = "credentials of " + rotation.token();
    var over = rotation.waits().isEmpty();
    return conditions.add(
        CREDENTIALS_ROTATED,
        over,
        over ? "Rotated" : "Rotating",
        over
            ? "only the %s are valid".formatted(what)
            : "the %s are valid beside the old ones; waits for %s"
                .formatted(what, String.join("; ", rotation.waits())));
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
