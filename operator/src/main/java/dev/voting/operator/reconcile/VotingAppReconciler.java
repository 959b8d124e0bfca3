package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.apply.AppliedState;
import dev.voting.operator.apply.ClusterWrites;
import dev.voting.operator.apply.Contests;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.certmanager.Certificate;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.secrets.CertificateStore;
import dev.voting.operator.secrets.CredentialStore;
import dev.voting.operator.status.Events;
import dev.voting.operator.status.diagnosis.PodEvents;
import dev.voting.operator.steps.KeepData;
import dev.voting.operator.steps.ObserveCredentials;
import dev.voting.operator.steps.consumer.JobHistory;
import dev.voting.operator.watch.Caches;
import dev.voting.operator.watch.InstalledCrd;
import dev.voting.operator.watch.ReferencedSecrets;
import dev.voting.operator.watch.RefusedPods;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
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
import java.util.stream.Collectors;
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

  /** After a status was refused because the VotingApp had changed. */
  private static final Duration NEXT_TRY = Duration.ofSeconds(1);

  /** Until a VotingApp is looked at whose name is still underway. */
  private static final Duration TURN = Duration.ofMillis(100);

  /** As the framework writes a status. */
  private static final PatchContext STATUS =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(NAME)
          .withForce(true)
          .build();

  private final KubernetesClient client;
  private final Map<String, String> uids = new ConcurrentHashMap<>();
  private final Set<String> underway = ConcurrentHashMap.newKeySet();
  private final AppliedState applied = new AppliedState();
  private final JobHistory history;
  private final Contests contests;
  private final Caches caches;
  private final ReferencedSecrets references;
  private final ReferencedSecrets issued;
  private final RefusedPods refusedPods;
  private final InstalledCrd crd;
  private final CredentialStore credentials;
  private final Events events;
  private final Reconciliation reconciliation;

  /**
   * Makes a reconciler.
   *
   * @param client has the rights of {@code deploy/rbac.yaml}
   * @param parallel runs requests that can be made at the same time
   * @param clock says when ended Jobs are re-created
   */
  public VotingAppReconciler(KubernetesClient client, ExecutorService parallel, Clock clock) {
    this.client = client;
    this.history = new JobHistory(clock);
    this.contests = new Contests(clock);
    this.caches = new Caches(client, history::saw);
    this.references = new ReferencedSecrets(client, "referenced-secrets");
    this.issued = new ReferencedSecrets(client, "issued-certificates");
    this.refusedPods = new RefusedPods(client, clock, caches::isApp);
    this.crd = new InstalledCrd(client, caches::apps);
    this.credentials = new CredentialStore(client, references);
    this.events = new Events(client);
    var certificates =
        new CertificateStore(
            client, issued, () -> caches.serves(new Certificate()), clock, new SecureRandom());
    var writes = new ClusterWrites(client);
    this.reconciliation =
        new Reconciliation(
            new Convergence(
                    client,
                    parallel,
                    clock,
                    writes,
                    credentials,
                    certificates,
                    caches::serves,
                    events,
                    applied,
                    contests,
                    history)
                .steps(),
            List.of(new KeepData(writes), new ObserveCredentials(credentials)),
            new ObservePods(refusedPods, new PodEvents(client, clock), clock),
            contests,
            crd,
            clock);
  }

  @Override
  public List<EventSource<?, VotingApp>> prepareEventSources(
      EventSourceContext<VotingApp> context) {
    var sources = new ArrayList<>(caches.eventSources(context));
    sources.addAll(List.of(references, issued, refusedPods, crd));
    return sources;
  }

  /**
   * The framework begins with a VotingApp that was created again while it may still be at work for
   * the deleted one of its name; so the new one waits, and the deleted one ends.
   */
  @Override
  public UpdateControl<VotingApp> reconcile(VotingApp app, Context<VotingApp> context) {
    if (!underway.add(app.name())) {
      return UpdateControl.<VotingApp>noUpdate().rescheduleAfter(TURN);
    }
    try {
      return app.isMarkedForDeletion() || isGone(app)
          ? UpdateControl.noUpdate()
          : converge(app, context);
    } finally {
      underway.remove(app.name());
    }
  }

  private boolean isGone(VotingApp app) {
    var uid = app.getMetadata().getUid();
    return apps().stream().noneMatch(one -> one.getMetadata().getUid().equals(uid));
  }

  private UpdateControl<VotingApp> converge(VotingApp app, Context<VotingApp> context) {
    forgetTheGone();
    forgetTheEarlier(app);
    var result = reconciliation.run(app, applied.newest(app.name(), caches.of(app)));
    var isNews = !result.status().equals(app.getStatus());
    var next = result.next();
    if (isNews) {
      events.report(app, result.status());
      if (!write(app, result, context)) {
        next = Optional.of(NEXT_TRY);
      }
    }
    if (result.failure().isPresent()) {
      throw new RefusedException(result.failure().get());
    }
    var update = UpdateControl.<VotingApp>noUpdate();
    next.ifPresent(update::rescheduleAfter);
    return update;
  }

  /** The status is written already: what failed is a result like any other. */
  @Override
  public ErrorStatusUpdateControl<VotingApp> updateErrorStatus(
      VotingApp app, Context<VotingApp> context, Exception e) {
    return ErrorStatusUpdateControl.noStatusUpdate();
  }

  /**
   * Writes the status to the revision that it was computed for, and has the next reconciliation
   * find it at once: the watch may be slower than that.
   *
   * @return whether it is up to date, as far as this revision is concerned
   */
  private boolean write(VotingApp app, Reconciliation.Result result, Context<VotingApp> context) {
    try {
      var written = client.resource(withStatus(app, result.status())).subresource("status");
      context
          .eventSourceRetriever()
          .getControllerEventSource()
          .handleRecentResourceUpdate(ResourceID.fromResource(app), written.patch(STATUS), app);
      return true;
    } catch (KubernetesClientException refusal) {
      if (refusal.getCode() == 409) {
        // Not every change of a VotingApp has the framework reconcile it: one of labels does not.
        return false;
      }
      if (refusal.getCode() == 404) {
        return true; // It is gone.
      }
      if (result.failure().isEmpty()) {
        throw refusal;
      }
      LOG.warn("the status of {} cannot be written: {}", app.name(), Finding.said(refusal));
      return false;
    }
  }

  /**
   * The VotingApps, as the cache holds them.
   *
   * @return a snapshot; the objects are the cache's own and must not be changed
   */
  public List<VotingApp> apps() {
    return caches.apps();
  }

  /**
   * Just the status, which is all that the operator applies of a VotingApp. It is of this revision
   * alone: the VotingApp may have been deleted and created again meanwhile, and of a custom
   * resource's status the API server compares no uid.
   */
  private static VotingApp withStatus(VotingApp app, VotingAppStatus status) {
    var patch = new VotingApp();
    patch.getMetadata().setName(app.name());
    patch.getMetadata().setResourceVersion(app.getMetadata().getResourceVersion());
    patch.setSpec(null);
    patch.setStatus(status);
    return patch;
  }

  /** Without a finalizer no event ends a VotingApp for good; so this looks, when there are many. */
  private void forgetTheGone() {
    var apps = apps().stream().map(VotingApp::name).collect(Collectors.toSet());
    if (applied.size() > apps.size()) {
      var present =
          apps().stream().map(app -> app.getMetadata().getUid()).collect(Collectors.toSet());
      uids.keySet().retainAll(apps);
      credentials.retain(present);
      events.retain(present);
      retain(apps);
      references.retainApps(apps);
      issued.retainApps(apps);
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
      retain(others);
    }
  }

  private void retain(Set<String> apps) {
    applied.retain(apps);
    contests.retain(apps);
    reconciliation.converge().forEach(step -> step.retain(apps));
  }

  /** Has the framework count a failure, and retry after its growing delay. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      // No stack trace: the message says all, and the log would repeat it at every retry.
      super(message, null, false, false);
    }
  }
}
