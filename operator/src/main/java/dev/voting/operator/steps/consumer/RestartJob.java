package dev.voting.operator.steps.consumer;

import dev.voting.crd.VotingApp;
import dev.voting.operator.apply.Writes;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.status.ConsumerPast;
import dev.voting.operator.status.EventRecorder;
import dev.voting.operator.status.text.Redactor;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Re-creates an ended consumer Job, by deleting it: the next reconciliation makes what is missing.
 * At once after it ran well, and after a growing delay while it keeps ending soon.
 */
public final class RestartJob implements Step {

  private final Writes writes;
  private final EventRecorder events;
  private final Clock clock;
  private final JobHistory history;
  private final Map<String, Memory> memories = new ConcurrentHashMap<>();

  /** A streak belongs to one template, and so to one name: another may work at once. */
  private record Memory(String job, RestartBackoff streak) {}

  /**
   * Makes a step.
   *
   * @param history remembers how Jobs ended
   */
  public RestartJob(Writes writes, Clock clock, JobHistory history, EventRecorder events) {
    this.writes = writes;
    this.events = events;
    this.clock = clock;
    this.history = history;
  }

  /**
   * What came of looking at the consumer's Job.
   *
   * @param blueprint without the Job while it must wait
   * @param past how the last Job ended
   * @param news whether that end was not known before
   * @param restarted whether the Job was deleted to be re-created
   * @param problem what kept it from being deleted
   * @param next when to look again; empty when there is nothing to wait for
   */
  private record Restart(
      Blueprint blueprint,
      ConsumerPast past,
      boolean news,
      boolean restarted,
      Optional<Finding> problem,
      Optional<Duration> next) {}

  @Override
  public Plan run(Plan plan) {
    var restart = restart(plan.app(), plan.applicable(), plan.observed());
    report(restart, plan);
    return plan.withApplicable(restart.blueprint())
        .withConsumer(restart.past())
        .fail(restart.problem().stream().toList())
        .lookAgain(restart.next());
  }

  @Override
  public Plan afterFailure(Plan plan) {
    return plan;
  }

  @Override
  public boolean onlyDelays() {
    return true;
  }

  private void report(Restart restart, Plan plan) {
    var ended = restart.past().ended();
    if (restart.news() && ended.isPresent()) {
      var failed = restart.past().failed();
      events.report(
          plan.app(),
          failed ? "Warning" : "Normal",
          failed ? "JobFailed" : "JobComplete",
          Redactor.of(plan.blueprint(), plan.observed()).apply(ended.get()));
    }
    if (restart.restarted()) {
      events.report(plan.app(), "Normal", "JobRestarted", "the consumer's Job is re-created");
    }
  }

  private Restart restart(VotingApp app, Blueprint blueprint, ObservedState view) {
    var desired =
        blueprint
            .objects()
            .filter(object -> Ownership.isOf(Names.CONSUMER, object))
            .filter(Job.class::isInstance)
            .map(Job.class::cast)
            .findFirst();
    if (desired.isEmpty()) {
      memories.remove(app.name());
      return new Restart(
          blueprint, ConsumerPast.NONE, false, false, Optional.empty(), Optional.empty());
    }
    return restart(app, blueprint, desired.get(), view);
  }

  private Restart restart(VotingApp app, Blueprint blueprint, Job desired, ObservedState view) {
    var key = ObjectKey.of(desired);
    history.retain(key);
    var found = view.find(desired).filter(job -> !job.isMarkedForDeletion());
    found.ifPresent(history::saw);
    var pods = view.all(Pod.class);
    var byItself = found.flatMap(job -> JobEnd.byItself(job, pods));
    byItself.ifPresent(end -> history.ended(key, end));
    var before = remembered(app, key.name());
    var end = history.end(key).filter(e -> !Ownership.isOfAnEarlier(e.apps(), app));
    var after = end.map(e -> before.with(e.at(), e.ranFor())).orElse(before);
    var isRunning = found.filter(job -> !isEnded(job)).isPresent() && byItself.isEmpty();
    var wellAt = found.flatMap(RestartJob::startedAt).map(at -> at.plus(RestartBackoff.RAN_WELL));
    var now = clock.instant();
    if (isRunning && wellAt.filter(at -> !at.isAfter(now)).isPresent()) {
      after = new RestartBackoff(0, after.last());
    }
    memories.put(app.name(), new Memory(key.name(), after));
    var wait = Duration.between(now, after.next());
    var past = past(key, end, after, isRunning);
    var news = end.filter(e -> e.at().isAfter(before.last())).isPresent();
    if (isRunning) {
      var lostAt = found.flatMap(job -> JobEnd.lostAt(job, pods));
      if (lostAt.filter(at -> !at.isAfter(now)).isPresent()) {
        return new Restart(
            blueprint, past, news, true, found.flatMap(this::delete), Optional.empty());
      }
      var next =
          Stream.of(lostAt, after.inARow() == 0 ? Optional.<Instant>empty() : wellAt)
              .flatMap(Optional::stream)
              .min(Comparator.naturalOrder())
              .map(at -> until(now, at));
      return new Restart(blueprint, past, news, false, Optional.empty(), next);
    }
    if (wait.isPositive()) {
      // One that has not ended goes now, for Kubernetes would go on replacing its pods.
      return new Restart(
          found.isPresent() && byItself.isEmpty() ? blueprint : without(blueprint, key),
          past,
          news,
          false,
          byItself.flatMap(_ -> found).flatMap(this::delete),
          Optional.of(wait));
    }
    var problem = found.flatMap(this::delete);
    return new Restart(
        blueprint, past, news, found.isPresent() && problem.isEmpty(), problem, Optional.empty());
  }

  @Override
  public void retain(Set<String> apps) {
    memories.keySet().retainAll(apps);
  }

  private RestartBackoff remembered(VotingApp app, String job) {
    var memory = memories.get(app.name());
    if (memory == null) {
      var status = Optional.ofNullable(app.getStatus());
      return status
          .filter(last -> job.equals(last.consumerJob()))
          .map(last -> RestartBackoff.of(last.consumerJobEnds()))
          .orElse(RestartBackoff.NONE);
    }
    return memory.job().equals(job) ? memory.streak() : RestartBackoff.NONE;
  }

  private ConsumerPast past(
      ObjectKey job, Optional<JobEnd> end, RestartBackoff streak, boolean isRunning) {
    var isOver = streak.inARow() == 0 && isRunning;
    if (isOver || streak.inARow() == 0 && end.isEmpty()) {
      return ConsumerPast.NONE;
    }
    var text =
        "Job %s %s%s%s; %s"
            .formatted(
                job.name(),
                end.map(RestartJob::text).orElse("ended"),
                streak.inARow() > 1 ? ", %d times in a row".formatted(streak.inARow()) : "",
                history.words(job).map(": "::concat).orElse(""),
                isRunning
                    ? "a new one has started"
                    : streak.inARow() > 1
                        ? "a new one starts at " + streak.next()
                        : "a new one starts at once");
    return new ConsumerPast(
        Optional.of(text), end.map(JobEnd::failed).orElse(true), streak.reported());
  }

  private static String text(JobEnd end) {
    return end.failed() ? "failed (" + end.why() + ")" : "completed, which it never should";
  }

  /** This very Job: the name may already be another's. Its pods go with it. */
  private Optional<Finding> delete(Job job) {
    try {
      writes.deleteUnchanged(job);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return e.getCode() == 409
          ? Optional.empty()
          : Optional.of(Finding.notDeleted(ObjectKey.of(job), e));
    }
  }

  private boolean isEnded(Job job) {
    return JobEnd.of(job, clock.instant()).isPresent();
  }

  private static Optional<Instant> startedAt(Job job) {
    return Optional.ofNullable(job.getStatus())
        .map(status -> status.getStartTime())
        .map(Instant::parse);
  }

  private static Duration until(Instant now, Instant then) {
    return Duration.between(now, then).plusSeconds(1);
  }

  private static Blueprint without(Blueprint blueprint, ObjectKey key) {
    return blueprint.map(
        object -> Optional.of(object).filter(other -> !ObjectKey.of(other).equals(key)));
  }
}
