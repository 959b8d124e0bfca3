package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.apply.AppliedState;
import dev.voting.operator.apply.Applier;
import dev.voting.operator.apply.Contests;
import dev.voting.operator.apply.DataRelease;
import dev.voting.operator.apply.NamespaceGuard;
import dev.voting.operator.apply.Pruner;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Stage;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import dev.voting.operator.certmanager.Certificate;
import dev.voting.operator.cluster.ClientRollout;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.Kinds;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.secrets.CertificateStore;
import dev.voting.operator.secrets.CredentialStore;
import dev.voting.operator.secrets.PostgresOwner;
import dev.voting.operator.status.ConsumerPast;
import dev.voting.operator.status.DataPresence;
import dev.voting.operator.status.Events;
import dev.voting.operator.status.Findings;
import dev.voting.operator.status.RotationReport;
import dev.voting.operator.status.StatusReport;
import dev.voting.operator.status.diagnosis.Deadline;
import dev.voting.operator.status.diagnosis.Grace;
import dev.voting.operator.status.diagnosis.PodEvents;
import dev.voting.operator.status.text.Redactor;
import dev.voting.operator.steps.PostgresMajor;
import dev.voting.operator.steps.RedisSwitch;
import dev.voting.operator.steps.ReplicaHandover;
import dev.voting.operator.steps.consumer.JobHistory;
import dev.voting.operator.steps.consumer.JobRestarts;
import dev.voting.operator.steps.storage.ClaimGrowth;
import dev.voting.operator.steps.storage.ClaimProtection;
import dev.voting.operator.watch.CompactStore;
import dev.voting.operator.watch.InstalledCrd;
import dev.voting.operator.watch.OptionalKinds;
import dev.voting.operator.watch.ReferencedSecrets;
import dev.voting.operator.watch.RefusedPods;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the cluster to a VotingApp's blueprint, from whatever state it is in, and then does
 * nothing until something changes.
 *
 * <p>It uses no finalizer: owner references have Kubernetes itself delete what goes with a
 * VotingApp, whether the operator runs or not.
 */
@ControllerConfiguration(name = VotingAppReconciler.NAME)
public final class VotingAppReconciler implements Reconciler<VotingApp> {

  static final String NAME = "votingapp";

  private static final Logger LOG = LoggerFactory.getLogger(VotingAppReconciler.class);

  /** As the framework writes a status. */
  private static final PatchContext STATUS =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(NAME)
          .withForce(true)
          .build();

  /**
   * Nothing tells when somebody else's namespace goes, which has no label to watch by: so look
   * again.
   */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<String, String> uids = new ConcurrentHashMap<>();
  private final AppliedState ledger = new AppliedState();
  private final NamespaceGuard namespaces;
  private final ReferencedSecrets references;
  private final ReferencedSecrets issued;
  private final CredentialStore credentials;
  private final CertificateStore certificates;
  private final Contests contests;
  private final RedisSwitch redis;
  private final Applier applier;
  private final Pruner pruner;
  private final JobHistory history;
  private final JobRestarts jobs;
  private final DataRelease data;
  private final RefusedPods refusedPods;
  private final PodEvents podEvents;
  private final PostgresMajor postgres;
  private final ClaimGrowth claims;
  private final ClaimProtection protection;
  private final InstalledCrd crd;
  private final Events events;
  private final List<InformerEventSource<? extends HasMetadata, VotingApp>> caches =
      new ArrayList<>();
  private IndexerResourceCache<VotingApp> primaries;
  private OptionalKinds optionalKinds;

  /**
   * Makes a reconciler.
   *
   * @param client has the rights of {@code deploy/rbac.yaml}
   * @param parallel runs requests that can be made at the same time
   * @param clock tells when ended Jobs are started anew
   */
  public VotingAppReconciler(KubernetesClient client, ExecutorService parallel, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.namespaces = new NamespaceGuard(client, parallel);
    this.references = new ReferencedSecrets(client, "referenced-secrets");
    this.issued = new ReferencedSecrets(client, "issued-certificates");
    this.credentials = new CredentialStore(client, references);
    this.certificates =
        new CertificateStore(
            client,
            issued,
            () -> optionalKinds.serves(new Certificate()),
            clock,
            new SecureRandom());
    this.contests = new Contests(clock);
    this.redis = new RedisSwitch(clock);
    this.applier = new Applier(client, parallel, ledger, contests);
    this.pruner = new Pruner(client);
    this.history = new JobHistory(clock);
    this.jobs = new JobRestarts(client, clock, history);
    this.refusedPods = new RefusedPods(client, clock, this::isApp);
    this.data = new DataRelease(client);
    this.podEvents = new PodEvents(client, clock);
    this.postgres = new PostgresMajor(client);
    this.claims = new ClaimGrowth(client);
    this.protection = new ClaimProtection(client);
    this.crd = new InstalledCrd(client, this::apps);
    this.events = new Events(client);
  }

  @Override
  public List<EventSource<?, VotingApp>> prepareEventSources(
      EventSourceContext<VotingApp> context) {
    primaries = context.getPrimaryCache();
    caches.clear();
    Kinds.MANAGED.forEach(kind -> caches.add(cache(kind, context)));
    Kinds.OBSERVED.forEach(kind -> caches.add(cache(kind, context)));
    optionalKinds = new OptionalKinds(client, primaries);
    var sources = new ArrayList<EventSource<?, VotingApp>>(caches);
    sources.add(optionalKinds);
    sources.add(references);
    sources.add(issued);
    sources.add(refusedPods);
    sources.add(crd);
    return sources;
  }

  /** Only objects with the operator's label, so that memory does not grow with the cluster. */
  private <T extends HasMetadata> InformerEventSource<T, VotingApp> cache(
      Class<T> kind, EventSourceContext<VotingApp> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(kind, VotingApp.class)
            .withName(HasMetadata.getKind(kind))
            .withLabelSelector(Names.MANAGED_BY + "=" + Names.OPERATOR)
            .withWatchAllNamespaces()
            .withItemStore(new CompactStore<>())
            .withInformerListLimit(Kinds.pageOf(kind))
            .withSecondaryToPrimaryMapper(this::appsOf)
            .build(),
        context);
  }

  /** Called for whatever the watches tell, in its order, and so sees what soon is gone again. */
  private Set<ResourceID> appsOf(HasMetadata object) {
    if (!Ownership.mayBeOurs(object)) {
      return Set.of();
    }
    history.saw(object);
    return Ownership.appsOf(object).stream().map(ResourceID::new).collect(Collectors.toSet());
  }

  @Override
  public UpdateControl<VotingApp> reconcile(VotingApp app, Context<VotingApp> context) {
    forgetTheGone();
    forgetTheEarlier(app);
    if (app.isMarkedForDeletion()) {
      return UpdateControl.noUpdate();
    }
    var report = report(app);
    var status = crd.known(report.status());
    if (report.failure().isPresent()) {
      throw new RefusedException(status, report.failure().get());
    }
    var update = update(app, status);
    report.next().ifPresent(update::rescheduleAfter);
    return update;
  }

  /**
   * What came of one reconciliation.
   *
   * @param failure what a retry may mend, in words for the log
   * @param next in how long to look again
   */
  private record Report(
      VotingAppStatus status, Optional<String> failure, Optional<Duration> next) {}

  /**
   * Brings a VotingApp on its way. Whatever fails ends in the status, which so never keeps the word
   * of another generation.
   */
  private Report report(VotingApp app) {
    if (!app.unreadable().isEmpty()) {
      var problem = Finding.notUnderstood(app.unreadable());
      return new Report(
          StatusReport.leftAlone(app, problem, clock.instant()),
          Optional.empty(),
          Optional.empty());
    }
    try {
      var round = new Round(app, view(app));
      round.protect();
      if (!app.getSpec().paused()) {
        round.converge();
      } else {
        round.observe();
      }
      var status = StatusReport.of(app, round.findings(), clock.instant());
      Deadline.next(round.view, StatusReport.unavailable(status), clock.instant())
          .ifPresent(round.waits::add);
      return new Report(status, round.failure(), round.next());
    } catch (RuntimeException e) {
      LOG.error("the reconciliation of {} failed", app.name(), e);
      var problem = Finding.failed(e);
      return new Report(
          StatusReport.failed(app, problem, clock.instant()),
          Optional.of(problem.message()),
          Optional.empty());
    }
  }

  @Override
  public ErrorStatusUpdateControl<VotingApp> updateErrorStatus(
      VotingApp app, Context<VotingApp> context, Exception e) {
    if (!(e instanceof RefusedException refused) || same(app, refused.status())) {
      return ErrorStatusUpdateControl.noStatusUpdate();
    }
    events.tell(app, refused.status());
    try {
      client.resource(withStatus(app, refused.status())).subresource("status").patch(STATUS);
    } catch (KubernetesClientException refusal) {
      // Not by the framework, which would log it with its trace at each retry.
      LOG.warn("the status of {} cannot be written: {}", app.name(), Finding.said(refusal));
    }
    return ErrorStatusUpdateControl.noStatusUpdate();
  }

  private static String text(List<Finding> problems) {
    return problems.stream().map(Finding::message).collect(Collectors.joining("; "));
  }

  private UpdateControl<VotingApp> update(VotingApp app, VotingAppStatus status) {
    if (same(app, status)) {
      return UpdateControl.noUpdate();
    }
    events.tell(app, status);
    return UpdateControl.patchStatus(withStatus(app, status));
  }

  /**
   * The VotingApps, as the cache holds them.
   *
   * @return a snapshot; the objects are the cache's own and must not be changed
   */
  public List<VotingApp> apps() {
    return primaries.list().toList();
  }

  private boolean isApp(String name) {
    return primaries.get(new ResourceID(name)).isPresent();
  }

  private static boolean same(VotingApp app, VotingAppStatus status) {
    return status.equals(app.getStatus());
  }

  /** Just the status, which is all that the operator applies of a VotingApp. */
  private static VotingApp withStatus(VotingApp app, VotingAppStatus status) {
    var patch = new VotingApp();
    patch.getMetadata().setName(app.name());
    patch.setSpec(null);
    patch.setStatus(status);
    return patch;
  }

  private ObservedState view(VotingApp app) {
    var cached =
        new ObservedState(
            Stream.concat(
                    caches.stream().flatMap(cache -> cache.getSecondaryResources(app).stream()),
                    optionalKinds.getSecondaryResources(app).stream())
                .<HasMetadata>map(HasMetadata.class::cast)
                .filter(object -> Ownership.isWithin(object, app.name()))
                .toList());
    return ledger.newest(app.name(), cached);
  }

  /** Without a finalizer nobody tells of a VotingApp's end; so this looks, when there are many. */
  private void forgetTheGone() {
    var apps = apps().stream().map(VotingApp::name).collect(Collectors.toSet());
    if (ledger.size() > apps.size()) {
      ledger.retain(apps);
      uids.keySet().retainAll(apps);
      var present =
          apps().stream().map(app -> app.getMetadata().getUid()).collect(Collectors.toSet());
      credentials.retain(present);
      events.retain(present);
      contests.retain(apps);
      redis.retain(apps);
      references.retainApps(apps);
      issued.retainApps(apps);
      jobs.retain(apps);
      refusedPods.forgetTheGone();
      history.retainNamespaces(
          apps.stream()
              .map(name -> new Names(name).consumerNamespace())
              .collect(Collectors.toSet()));
    }
  }

  /** What is remembered by name is not of a VotingApp that was created after another one's end. */
  private void forgetTheEarlier(VotingApp app) {
    var uid = app.getMetadata().getUid();
    var before = uids.put(app.name(), uid);
    if (before != null && !before.equals(uid)) {
      var others = apps().stream().map(VotingApp::name).collect(Collectors.toSet());
      others.remove(app.name());
      ledger.retain(others);
      contests.retain(others);
      redis.retain(others);
      jobs.retain(others);
    }
  }

  /** One reconciliation of one VotingApp. */
  private final class Round {
    private final VotingApp app;
    private ObservedState view;

    /** What a retry may mend. */
    private final List<Finding> problems = new ArrayList<>();

    /** What waits for somebody else. */
    private final List<Finding> obstacles = new ArrayList<>();

    private Certificates known = new Certificates.None();
    private final List<Duration> waits = new ArrayList<>();
    private ConsumerPast consumer = ConsumerPast.NONE;
    private Map<String, String> refusals = Map.of();
    private Map<String, String> said = Map.of();
    private Blueprint blueprint;
    private Optional<RotationReport> rotation = Optional.empty();

    Round(VotingApp app, ObservedState view) {
      this.app = app;
      this.view = view;
      this.blueprint = blueprint(new Credentials.Provided(Map.of()));
    }

    private Blueprint blueprint(Credentials credentials) {
      return BlueprintRenderer.render(app, credentials, known, Images.CURRENT);
    }

    void protect() {
      attempt(() -> problems.addAll(data.release(app, view)));
    }

    void converge() {
      attempt(
          () -> {
            if (takeNamespaces()) {
              problems.addAll(made(Stage.Name.NAMESPACES));
              proceed(credentials.resolve(app, view));
            }
          });
      obstacles.addAll(contests.problems(app.name()));
      contests.next(app.name()).ifPresent(waits::add);
      attempt(this::look);
    }

    /** A step that fails is told, and keeps no other one from being made. */
    private void attempt(Runnable step) {
      attempt(
          () -> {
            step.run();
            return true;
          },
          () -> false);
    }

    private <T> T attempt(Supplier<T> step, Supplier<T> otherwise) {
      try {
        return step.get();
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        if (!(e instanceof KubernetesClientException)) {
          LOG.error("a step in the reconciliation of {} failed", app.name(), e);
        }
        problems.add(Finding.failed(e));
        return otherwise.get();
      }
    }

    private boolean takeNamespaces() {
      var refused =
          namespaces.take(app, blueprint.only(Stage.Name.NAMESPACES).objects().toList(), view);
      if (!refused.isEmpty()) {
        obstacles.addAll(refused);
        waits.add(LOOK_AGAIN);
      }
      return refused.isEmpty();
    }

    private void proceed(CredentialStore.Resolution resolution) {
      switch (resolution) {
        case CredentialStore.Resolution.Missing missing -> {
          obstacles.addAll(missing.obstacles());
          problems.addAll(missing.refusals());
          missing
              .kept()
              .ifPresent(
                  kept -> {
                    if (certify(kept)) {
                      rotation = report(kept);
                      apply();
                    }
                  });
        }
        case CredentialStore.Resolution.Found found -> {
          PostgresOwner.refusal(app, found.credentials()).ifPresent(obstacles::add);
          if (certify(found.credentials()) && store(found)) {
            apply();
          }
        }
      }
    }

    /**
     * Makes the certificates.
     *
     * @return whether all are there: no server starts without its own, and none that runs changes
     *     for the lack of it
     */
    private boolean certify(Credentials credentials) {
      var certified = certificates.resolve(app, view);
      known = certified.certificates();
      blueprint = blueprint(credentials);
      certified.due().ifPresent(waits::add);
      obstacles.addAll(certified.problems());
      var refused = made(Stage.Name.AUTHORITY);
      if (refused.isEmpty()) {
        refused = made(Stage.Name.CERTIFICATES);
      }
      problems.addAll(refused);
      return certified.isComplete() && (refused.isEmpty() || certified.stored());
    }

    /**
     * Stores the credentials, before anybody is given any. While that is refused, those that are
     * stored stay in force.
     *
     * @return whether there are any to go on with
     */
    private boolean store(CredentialStore.Resolution.Found found) {
      var wanted = wanted(found);
      blueprint = blueprint(wanted);
      rotation = report(wanted);
      var refused = made(Stage.Name.CREDENTIALS);
      if (refused.isEmpty()) {
        tell(found, wanted);
        return true;
      }
      problems.addAll(refused.stream().map(Finding::notStored).toList());
      found
          .kept()
          .ifPresent(
              kept -> {
                rotation = unstored(wanted, kept);
                blueprint = blueprint(kept);
              });
      return found.kept().isPresent();
    }

    /** The credentials, with the old logins as long as a rotation needs them. */
    private Credentials wanted(CredentialStore.Resolution.Found found) {
      return found.credentials() instanceof Credentials.Managed managed
              && managed.outgoing().isPresent()
              && !found.begins()
              && ClientRollout.waitsFor(blueprint, view).isEmpty()
          ? managed.withoutOutgoing()
          : found.credentials();
    }

    private void tell(CredentialStore.Resolution.Found found, Credentials stored) {
      if (found.begins()) {
        events.tell(
            app,
            "Normal",
            "RotationStarted",
            "new credentials are valid beside the old ones, and pods roll to them");
      } else if (!stored.equals(found.credentials())) {
        events.tell(
            app,
            "Normal",
            "CredentialsRotated",
            "every pod uses the new credentials: the old ones end");
      }
    }

    private Optional<RotationReport> report(Credentials credentials) {
      return credentials instanceof Credentials.Managed managed
              && (managed.outgoing().isPresent() || !managed.rotation().isEmpty())
          ? Optional.of(
              new RotationReport(
                  managed.rotation(),
                  managed.outgoing().isPresent()
                      ? ClientRollout.waitsFor(blueprint(managed), view)
                      : List.of()))
          : Optional.empty();
    }

    /** What has been asked for, and cannot begin or end while the credentials cannot be stored. */
    private Optional<RotationReport> unstored(Credentials wanted, Credentials kept) {
      return report(wanted).isEmpty() || wanted.equals(kept)
          ? report(kept)
          : report(wanted).map(RotationReport::unstored);
    }

    /** Makes a stage that others need; answers what was refused. */
    private List<Finding> made(Stage.Name stage) {
      return applier
          .apply(
              app.name(),
              blueprint
                  .only(stage)
                  .map(object -> Optional.of(object).filter(optionalKinds::serves)),
              view)
          .problems();
    }

    private void apply() {
      var next = attempt(this::restartJob, () -> blueprint);
      next = hold(next);
      next = major(next);
      next = grow(ReplicaHandover.keepReplicas(served(next), view));
      var applied = applier.apply(app.name(), next.dependent(), view);
      problems.addAll(applied.problems());
      view = ledger.newest(app.name(), view);
      attempt(() -> problems.addAll(protection.protect(view)));
      attempt(() -> problems.addAll(pruner.prune(blueprint, view, applied.refused())));
    }

    private Blueprint restartJob() {
      var restarts = jobs.restart(app, blueprint, view);
      tell(restarts);
      consumer = restarts.past();
      restarts.problem().ifPresent(problems::add);
      restarts.next().ifPresent(waits::add);
      return restarts.blueprint();
    }

    private Blueprint hold(Blueprint wanted) {
      var outcome = redis.hold(app.name(), wanted, view);
      outcome.next().ifPresent(waits::add);
      return outcome.blueprint();
    }

    private Blueprint major(Blueprint wanted) {
      return attempt(
          () -> {
            var major = postgres.check(wanted, view);
            obstacles.addAll(major.obstacles());
            problems.addAll(major.problems());
            return major.blueprint();
          },
          () -> withoutServers(wanted));
    }

    private Blueprint grow(Blueprint wanted) {
      return attempt(
          () -> {
            var growth = claims.grow(wanted, view, clock.instant());
            problems.addAll(growth.problems());
            obstacles.addAll(growth.obstacles());
            growth.next().ifPresent(waits::add);
            return growth.blueprint();
          },
          () -> withoutServers(wanted));
    }

    /** As long as it is not known what may become of the servers, they stay as they are. */
    private static Blueprint withoutServers(Blueprint blueprint) {
      return blueprint.map(
          object -> Optional.of(object).filter(other -> !(other instanceof StatefulSet)));
    }

    private void tell(JobRestarts.Outcome restarts) {
      var ended = restarts.past().ended();
      if (restarts.news() && ended.isPresent()) {
        var failed = restarts.past().failed();
        events.tell(
            app,
            failed ? "Warning" : "Normal",
            failed ? "JobFailed" : "JobComplete",
            redactor().apply(ended.get()));
      }
      if (restarts.restarted()) {
        events.tell(app, "Normal", "JobRestarted", "the consumer's Job is started anew");
      }
    }

    /** The blueprint without what this cluster has no place for, which is told. */
    private Blueprint served(Blueprint blueprint) {
      var homeless = blueprint.objects().filter(object -> !optionalKinds.serves(object)).toList();
      if (homeless.isEmpty()) {
        return blueprint;
      }
      obstacles.add(OptionalKinds.notServed(homeless));
      return blueprint.map(
          object -> homeless.contains(object) ? Optional.empty() : Optional.of(object));
    }

    /** What is missing is told, and nothing is made. */
    void observe() {
      attempt(
          () -> {
            if (credentials.resolve(app, view) instanceof CredentialStore.Resolution.Found found) {
              blueprint = blueprint(found.credentials());
              rotation = report(found.credentials());
            }
          });
      attempt(this::look);
    }

    private void look() {
      var outcome = refusedPods.look(blueprint, view);
      refusals = outcome.byComponent();
      outcome.next().ifPresent(waits::add);
      Grace.next(view, clock.instant()).ifPresent(waits::add);
      DataPresence.next(app, view, clock.instant()).ifPresent(waits::add);
      said = podEvents.look(view);
    }

    /** What a retry may mend, as opposed to what waits for somebody else. */
    Optional<String> failure() {
      return problems.isEmpty() ? Optional.empty() : Optional.of(redactor().apply(text(problems)));
    }

    Optional<Duration> next() {
      return waits.stream().min(Duration::compareTo);
    }

    /** For what is said elsewhere than in the status, which sees to it itself. */
    Redactor redactor() {
      return Redactor.of(blueprint, view);
    }

    Findings findings() {
      var all = new ArrayList<>(problems);
      all.addAll(obstacles);
      return new Findings(
          blueprint, view, all, crd.outdated(), crd.newer(), consumer, refusals, said, rotation);
    }
  }

  /** Has the retry, with its growing delay, come back to what the API server refused. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient VotingAppStatus status;

    RefusedException(VotingAppStatus status, String message) {
      // No stack trace: the message tells all, and the log would repeat it at every retry.
      super(message, null, false, false);
      this.status = status;
    }

    VotingAppStatus status() {
      return status;
    }
  }
}
