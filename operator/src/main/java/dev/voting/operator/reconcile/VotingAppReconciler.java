package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.certmanager.Certificate;
import dev.voting.operator.status.ConsumerPast;
import dev.voting.operator.status.DataPresence;
import dev.voting.operator.status.Deadline;
import dev.voting.operator.status.Events;
import dev.voting.operator.status.Findings;
import dev.voting.operator.status.Grace;
import dev.voting.operator.status.Redactor;
import dev.voting.operator.status.StatusReport;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /**
   * Nothing tells when somebody else's namespace goes, which has no label to watch by: so look
   * again.
   */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private final KubernetesClient client;
  private final Clock clock;
  private final Ledger ledger = new Ledger();
  private final NamespaceGuard namespaces;
  private final ReferencedSecrets references;
  private final ReferencedSecrets issued;
  private final CredentialStore credentials;
  private final CertificateStore certificates;
  private final Applier applier;
  private final Pruner pruner;
  private final JobHistory history;
  private final JobRestarts jobs;
  private final Retention retention;
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
    this.applier = new Applier(client, parallel, ledger);
    this.pruner = new Pruner(client);
    this.history = new JobHistory(clock);
    this.jobs = new JobRestarts(client, clock, history);
    this.refusedPods = new RefusedPods(client, clock, this::isApp);
    this.retention = new Retention(client);
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
            .withSecondaryToPrimaryMapper(this::appsOf)
            .build(),
        context);
  }

  /** Called for whatever the watches tell, in its order, and so sees what soon is gone again. */
  private Set<ResourceID> appsOf(HasMetadata object) {
    history.saw(object);
    return Ownership.appsOf(object).stream().map(ResourceID::new).collect(Collectors.toSet());
  }

  @Override
  public UpdateControl<VotingApp> reconcile(VotingApp app, Context<VotingApp> context) {
    forgetTheGone();
    if (app.isMarkedForDeletion()) {
      return UpdateControl.noUpdate();
    }
    var round = new Round(app, view(app));
    round.protect();
    if (!app.getSpec().paused()) {
      round.converge();
    } else {
      round.observe();
    }
    var status = crd.known(StatusReport.of(app, round.findings(), clock.instant()));
    if (!round.retryAtOnce().isEmpty()) {
      throw new RefusedException(status, round.redactor().apply(text(round.retryAtOnce())));
    }
    var update = update(app, status);
    Deadline.next(round.view, status.conditions(), clock.instant()).ifPresent(round.waits::add);
    round.next().ifPresent(update::rescheduleAfter);
    return update;
  }

  @Override
  public ErrorStatusUpdateControl<VotingApp> updateErrorStatus(
      VotingApp app, Context<VotingApp> context, Exception e) {
    if (!(e instanceof RefusedException refused) || same(app, refused.status())) {
      return ErrorStatusUpdateControl.noStatusUpdate();
    }
    events.tell(app, refused.status());
    return ErrorStatusUpdateControl.patchStatus(withStatus(app, refused.status()));
  }

  private static String text(List<Problem> problems) {
    return problems.stream().map(Problem::message).collect(Collectors.joining("; "));
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

  private View view(VotingApp app) {
    var cached =
        new View(
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

  /** One reconciliation of one VotingApp. */
  private final class Round {
    private final VotingApp app;
    private View view;

    /** What a retry may mend. */
    private final List<Problem> problems = new ArrayList<>();

    /** What waits for somebody else. */
    private final List<Problem> obstacles = new ArrayList<>();

    private Certificates known = new Certificates.None();
    private final List<Duration> waits = new ArrayList<>();
    private ConsumerPast consumer = ConsumerPast.NONE;
    private Map<String, String> refusals = Map.of();
    private Map<String, String> said = Map.of();
    private Blueprint blueprint;
    private Optional<RotationReport> rotation = Optional.empty();

    Round(VotingApp app, View view) {
      this.app = app;
      this.view = view;
      this.blueprint = blueprint(new Credentials.Provided(Map.of()));
    }

    private Blueprint blueprint(Credentials credentials) {
      return Blueprint.of(app, credentials, known, Images.CURRENT);
    }

    void protect() {
      problems.addAll(retention.raise(app, view));
    }

    void converge() {
      var first = blueprint.stage(Blueprint.NAMESPACES);
      obstacles.addAll(namespaces.take(app, first.objects(), view));
      if (!obstacles.isEmpty()) {
        waits.add(LOOK_AGAIN);
        return;
      }
      switch (credentials.resolve(app, view)) {
        case CredentialStore.Resolution.Missing missing -> {
          // The namespaces at least, or the Secret could not be made in them.
          problems.addAll(applier.apply(app.name(), new Blueprint(List.of(first)), view));
          obstacles.addAll(missing.problems());
        }
        case CredentialStore.Resolution.Found found -> {
          PostgresOwner.refusal(app, found.credentials()).ifPresent(obstacles::add);
          var certified = certificates.resolve(app, view);
          known = certified.certificates();
          if (!certified.isComplete()) {
            blueprint = blueprint(found.credentials());
            await(certified);
            return;
          }
          blueprint = rotated(found);
          certified.due().ifPresent(waits::add);
          apply();
        }
      }
      look();
    }

    private void apply() {
      var restarts = jobs.restart(app, blueprint, view);
      tell(restarts);
      consumer = restarts.past();
      restarts.problem().ifPresent(problems::add);
      restarts.next().ifPresent(waits::add);
      var major = postgres.check(restarts.blueprint(), view);
      obstacles.addAll(major.obstacles());
      problems.addAll(major.problems());
      var growth =
          claims.grow(
              ReplicaHandover.keepReplicas(served(major.blueprint()), view), view, clock.instant());
      obstacles.addAll(growth.obstacles());
      growth.next().ifPresent(waits::add);
      var refused = applier.apply(app.name(), growth.blueprint(), view);
      view = ledger.newest(app.name(), view);
      problems.addAll(refused);
      problems.addAll(growth.problems());
      problems.addAll(protection.protect(view));
      if (refused.isEmpty()) {
        problems.addAll(pruner.prune(blueprint, view));
      }
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

    /** No server starts without its certificate, and none that runs changes for the lack of it. */
    private void await(CertificateStore.Resolution certified) {
      var first =
          blueprint
              .before(Blueprint.CREDENTIALS)
              .map(object -> Optional.of(object).filter(optionalKinds::serves));
      problems.addAll(applier.apply(app.name(), first, view));
      obstacles.addAll(certified.problems());
    }

    /** What is missing is told, and nothing is made. */
    void observe() {
      if (credentials.resolve(app, view) instanceof CredentialStore.Resolution.Found found) {
        blueprint = blueprint(found.credentials());
        rotation = report(found.credentials());
      }
      look();
    }

    private void look() {
      var outcome = refusedPods.look(blueprint, view);
      refusals = outcome.byComponent();
      outcome.next().ifPresent(waits::add);
      Grace.next(view, clock.instant()).ifPresent(waits::add);
      DataPresence.next(app, view, clock.instant()).ifPresent(waits::add);
      said = podEvents.look(view);
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

    /** The blueprint, with the old logins as long as a rotation needs them. */
    private Blueprint rotated(CredentialStore.Resolution.Found found) {
      rotation = report(found.credentials());
      var drawn = blueprint(found.credentials());
      if (!(found.credentials() instanceof Credentials.Managed managed)
          || managed.outgoing().isEmpty()) {
        return drawn;
      }
      if (found.begins()) {
        events.tell(
            app,
            "Normal",
            "RotationStarted",
            "new credentials are valid beside the old ones, and pods roll to them");
      }
      var waits = Rotation.waitsFor(drawn, view);
      if (found.begins() || !waits.isEmpty()) {
        rotation = Optional.of(new RotationReport(managed.rotation(), waits));
        return drawn;
      }
      rotation = report(managed.withoutOutgoing());
      events.tell(
          app,
          "Normal",
          "CredentialsRotated",
          "every pod uses the new credentials: the old ones end");
      return blueprint(managed.withoutOutgoing());
    }

    private Optional<RotationReport> report(Credentials credentials) {
      return credentials instanceof Credentials.Managed managed
              && (managed.outgoing().isPresent() || !managed.rotation().isEmpty())
          ? Optional.of(
              new RotationReport(
                  managed.rotation(),
                  managed.outgoing().isPresent()
                      ? Rotation.waitsFor(blueprint(managed), view)
                      : List.of()))
          : Optional.empty();
    }

    /** Problems that a retry may mend, as opposed to those that wait for somebody else. */
    List<Problem> retryAtOnce() {
      return problems;
    }

    Optional<Duration> next() {
      return waits.stream().min(Duration::compareTo);
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
