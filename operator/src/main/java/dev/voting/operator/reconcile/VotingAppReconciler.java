package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.status.Events;
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

  /** Nothing tells when somebody else's namespace goes: so look again. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private final KubernetesClient client;
  private final Clock clock;
  private final Ledger ledger = new Ledger();
  private final NamespaceGuard namespaces;
  private final ReferencedSecrets references;
  private final CredentialStore credentials;
  private final Applier applier;
  private final Pruner pruner;
  private final JobRestarts jobs;
  private final ClaimGrowth claims;
  private final Events events;
  private final List<InformerEventSource<? extends HasMetadata, VotingApp>> caches =
      new ArrayList<>();
  private IndexerResourceCache<VotingApp> primaries;
  private GatewayApi gatewayApi;

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
    this.namespaces = new NamespaceGuard(client);
    this.references = new ReferencedSecrets(client);
    this.credentials = new CredentialStore(client, references);
    this.applier = new Applier(client, parallel, ledger);
    this.pruner = new Pruner(client);
    this.jobs = new JobRestarts(client, clock);
    this.claims = new ClaimGrowth(client);
    this.events = new Events(client);
  }

  @Override
  public List<EventSource<?, VotingApp>> prepareEventSources(
      EventSourceContext<VotingApp> context) {
    primaries = context.getPrimaryCache();
    caches.clear();
    Kinds.MANAGED.forEach(kind -> caches.add(cache(kind, context)));
    Kinds.OBSERVED.forEach(kind -> caches.add(cache(kind, context)));
    gatewayApi = new GatewayApi(client, primaries);
    var sources = new ArrayList<EventSource<?, VotingApp>>(caches);
    sources.add(gatewayApi);
    sources.add(references);
    return sources;
  }

  /** Only objects with the operator's label, so that memory does not grow with the cluster. */
  private static <T extends HasMetadata> InformerEventSource<T, VotingApp> cache(
      Class<T> kind, EventSourceContext<VotingApp> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(kind, VotingApp.class)
            .withName(HasMetadata.getKind(kind))
            .withLabelSelector(Names.MANAGED_BY + "=" + Names.OPERATOR)
            .withWatchAllNamespaces()
            .withSecondaryToPrimaryMapper(VotingAppReconciler::appOf)
            .build(),
        context);
  }

  private static Set<ResourceID> appOf(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getLabels())
        .map(labels -> labels.get(Names.INSTANCE))
        .map(app -> Set.of(new ResourceID(app)))
        .orElse(Set.of());
  }

  @Override
  public UpdateControl<VotingApp> reconcile(VotingApp app, Context<VotingApp> context) {
    forgetTheGone();
    if (app.isMarkedForDeletion()) {
      return UpdateControl.noUpdate();
    }
    var round = new Round(app, view(app));
    if (!app.getSpec().paused()) {
      round.converge();
    } else {
      round.observe();
    }
    var status =
        StatusReport.of(app, round.blueprint, round.view, round.allProblems(), clock.instant());
    if (!round.retryAtOnce().isEmpty()) {
      throw new RefusedException(status, round.retryAtOnce());
    }
    var update = update(app, status);
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

  private UpdateControl<VotingApp> update(VotingApp app, VotingAppStatus status) {
    if (same(app, status)) {
      return UpdateControl.noUpdate();
    }
    events.tell(app, status);
    return UpdateControl.patchStatus(withStatus(app, status));
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
    return new View(
        Stream.concat(
                caches.stream().flatMap(cache -> cache.getSecondaryResources(app).stream()),
                gatewayApi.getSecondaryResources(app).stream())
            .<HasMetadata>map(HasMetadata.class::cast)
            .toList());
  }

  /** Without a finalizer nobody tells of a VotingApp's end; so this looks, when there are many. */
  private void forgetTheGone() {
    var apps = primaries.list().map(VotingApp::name).collect(Collectors.toSet());
    if (ledger.size() > apps.size()) {
      ledger.retain(apps);
      references.retainApps(apps);
    }
  }

  /** One reconciliation of one VotingApp. */
  private final class Round {
    private final VotingApp app;
    private final View view;
    private final List<Problem> problems = new ArrayList<>();

    /** Problems of which an event tells when they are over, so that no retry is needed. */
    private final List<Problem> waiting = new ArrayList<>();

    private Blueprint blueprint;
    private Optional<Duration> lookAgain = Optional.empty();
    private boolean obstructed;

    Round(VotingApp app, View view) {
      this.app = app;
      this.view = view;
      this.blueprint = blueprint(new Credentials.Provided(Map.of()));
    }

    private Blueprint blueprint(Credentials credentials) {
      return Blueprint.of(app, credentials, Images.CURRENT);
    }

    void converge() {
      problems.addAll(namespaces.take(app, view));
      if (!problems.isEmpty()) {
        obstructed = true;
        return;
      }
      switch (credentials.resolve(app, view)) {
        case CredentialStore.Resolution.Missing missing -> {
          // The namespaces at least, or the Secret could not be made in them.
          problems.addAll(
              applier.apply(app.name(), new Blueprint(blueprint.stages().subList(0, 1)), view));
          obstructed = problems.isEmpty();
          problems.addAll(missing.problems());
        }
        case CredentialStore.Resolution.Found found -> {
          blueprint = blueprint(found.credentials());
          var restarts = jobs.restart(blueprint, view);
          restarts
              .restarted()
              .forEach(
                  job ->
                      events.tell(
                          app,
                          "Normal",
                          "JobRestarted",
                          "Job %s had ended and is started anew"
                              .formatted(job.getMetadata().getName())));
          lookAgain = restarts.next();
          var growth = claims.grow(ReplicaHandover.keepReplicas(served(), view), view);
          problems.addAll(applier.apply(app.name(), growth.blueprint(), view));
          if (problems.isEmpty()) {
            problems.addAll(pruner.prune(blueprint, view));
          }
          problems.addAll(growth.problems());
        }
      }
    }

    /** The blueprint without what this cluster has no place for, which is told. */
    private Blueprint served() {
      var homeless = blueprint.objects().filter(object -> !gatewayApi.serves(object)).toList();
      if (homeless.isEmpty()) {
        return blueprint;
      }
      waiting.add(GatewayApi.notServed(homeless));
      return blueprint.map(
          object -> homeless.contains(object) ? Optional.empty() : Optional.of(object));
    }

    /** What is missing is told, and nothing is made. */
    void observe() {
      if (credentials.resolve(app, view) instanceof CredentialStore.Resolution.Found found) {
        blueprint = blueprint(found.credentials());
      }
    }

    List<Problem> allProblems() {
      return Stream.concat(problems.stream(), waiting.stream()).toList();
    }

    /** Problems that a retry may mend, as opposed to those that wait for somebody else. */
    List<Problem> retryAtOnce() {
      return obstructed ? List.of() : problems;
    }

    Optional<Duration> next() {
      return obstructed ? Optional.of(LOOK_AGAIN) : lookAgain;
    }
  }

  /** Has the retry, with its growing delay, come back to what the API server refused. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient VotingAppStatus status;

    RefusedException(VotingAppStatus status, List<Problem> problems) {
      // No stack trace: the message tells all, and the log would repeat it at every retry.
      super(
          problems.stream().map(Problem::message).collect(Collectors.joining("; ")),
          null,
          false,
          false);
      this.status = status;
    }

    VotingAppStatus status() {
      return status;
    }
  }
}
