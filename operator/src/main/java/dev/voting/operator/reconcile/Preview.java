package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.operator.apply.AppliedState;
import dev.voting.operator.apply.Contests;
import dev.voting.operator.apply.Parallel;
import dev.voting.operator.apply.Pruner;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.certmanager.Certificate;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.Kinds;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.secrets.CertificateStore;
import dev.voting.operator.secrets.CredentialStore;
import dev.voting.operator.steps.Plan;
import dev.voting.operator.steps.Step;
import dev.voting.operator.steps.consumer.JobHistory;
import dev.voting.operator.watch.ReferencedSecrets;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * What the operator would do for a VotingApp, found out by dry-run requests: the API server answers
 * what would become of each object, with its defaults and its admission, and keeps nothing of it.
 */
public final class Preview implements AutoCloseable {

  private final KubernetesClient client;
  private final ExecutorService parallel = Executors.newVirtualThreadPerTaskExecutor();
  private final ReferencedSecrets references;
  private final ReferencedSecrets issued;
  private final CredentialStore credentials;
  private final CertificateStore certificates;

  /** Of the kinds that not every cluster has, those that this one has. */
  private final List<Class<? extends HasMetadata>> served;

  /**
   * Looks at a cluster.
   *
   * @param client reads and writes, the latter only with {@code dryRun=All}; stays the caller's
   */
  public Preview(KubernetesClient client) {
    this.client = client;
    this.served = Kinds.OPTIONAL.stream().filter(client::supports).toList();
    this.references = new ReferencedSecrets(client, "referenced-secrets");
    this.issued = new ReferencedSecrets(client, "issued-certificates");
    this.credentials = new CredentialStore(client, references);
    this.certificates =
        new CertificateStore(
            client,
            issued,
            () -> served.contains(Certificate.class),
            Clock.systemUTC(),
            new SecureRandom());
  }

  /**
   * One object, as it is and as it would be.
   *
   * @param before empty when it would be made
   * @param after empty when it would be deleted
   */
  public record Change(Optional<HasMetadata> before, Optional<HasMetadata> after) {

    /** The object, in whichever form there is. */
    public HasMetadata object() {
      return after.or(() -> before).orElseThrow();
    }
  }

  /**
   * What would come about.
   *
   * @param changes every object, also those that would stay as they are, in the order in which they
   *     would be applied, and then those that would be deleted
   * @param problems what would keep the VotingApp from being made as it should be
   */
  public record Outcome(List<Change> changes, List<Finding> problems) {}

  /**
   * Previews one VotingApp.
   *
   * @param app as it would be applied, with every default
   * @throws KubernetesClientException when the cluster refuses the VotingApp itself, or to be read
   */
  public Outcome preview(VotingApp app) {
    var live = Optional.ofNullable(client.resources(VotingApp.class).withName(app.name()).get());
    var applied = dryRun(app, live);
    var observed = observed(app.name());
    var writes = new DryRun(client, observed);
    var plan = Step.runAll(steps(writes), Plan.of(applied, observed));
    var changes = new ArrayList<Change>();
    changes.add(new Change(live.map(HasMetadata.class::cast), Optional.of(applied)));
    var written = writes.changes(plan.blueprint());
    changes.addAll(written.stream().filter(change -> change.after().isPresent()).toList());
    if (!plan.isOver()) {
      Pruner.superfluous(plan.blueprint(), observed)
          .sorted(Comparator.comparing(object -> ObjectKey.of(object).toString()))
          .forEach(object -> changes.add(new Change(Optional.of(object), Optional.empty())));
    }
    return new Outcome(
        changes,
        Stream.concat(plan.notes().failures().stream(), plan.notes().obstacles().stream())
            .toList());
  }

  /** The reconciler's steps, but for those that only put something off. */
  private List<Step> steps(DryRun writes) {
    var clock = Clock.systemUTC();
    return new Convergence(
            client,
            parallel,
            clock,
            writes,
            credentials,
            certificates,
            this::isServed,
            (_, _, _, _) -> {},
            new AppliedState(),
            new Contests(clock),
            new JobHistory(clock))
        .steps().stream().filter(step -> !step.onlyDelays()).toList();
  }

  /**
   * What a blueprint's Secrets hold.
   *
   * @param credentials passwords
   * @param certificates certificates and keys
   */
  public record Secrets(Credentials credentials, Certificates certificates) {}

  /**
   * The secrets of a VotingApp, as the cluster holds them.
   *
   * @param app with every default
   * @return empty when they do not exist yet, and so hold nothing to show
   */
  public Optional<Secrets> secrets(VotingApp app) {
    var view = observed(app.name());
    var kept =
        client
            .secrets()
            .inNamespace(new Names(app.name()).dataNamespace())
            .withName(Names.CREDENTIALS)
            .get();
    if (kept == null
        || !(credentials.resolve(app, view) instanceof CredentialStore.Resolution.Found found)) {
      return Optional.empty();
    }
    return Optional.of(
        new Secrets(found.credentials(), certificates.resolve(app, view).certificates()));
  }

  /** As {@code kubectl apply} would leave it, validated by the rules that compare old and new. */
  private VotingApp dryRun(VotingApp app, Optional<VotingApp> live) {
    if (live.isEmpty()) {
      var created = client.resource(app).dryRun().create();
      // The server makes up a uid that nothing will ever have.
      created.getMetadata().setUid(null);
      return created;
    }
    var metadata = live.get().getMetadata();
    var wanted = client.getKubernetesSerialization().clone(live.get());
    wanted.setSpec(app.getSpec());
    wanted.getMetadata().setManagedFields(List.of());
    wanted.getMetadata().setLabels(merged(metadata.getLabels(), app.getMetadata().getLabels()));
    wanted
        .getMetadata()
        .setAnnotations(merged(metadata.getAnnotations(), app.getMetadata().getAnnotations()));
    return client.resource(wanted).dryRun().update();
  }

  /** Others may have set some of their own, which stay. */
  private static Map<String, String> merged(Map<String, String> live, Map<String, String> wanted) {
    var merged = new TreeMap<>(Optional.ofNullable(live).orElse(Map.of()));
    merged.putAll(Optional.ofNullable(wanted).orElse(Map.of()));
    return merged;
  }

  private ObservedState observed(String app) {
    var kinds = Stream.of(Kinds.MANAGED, Kinds.OBSERVED, served).flatMap(List::stream).toList();
    return new ObservedState(
        Parallel.map(parallel, kinds, kind -> list(kind, app)).stream()
            .flatMap(List::stream)
            .filter(object -> Ownership.isWithin(object, app))
            .toList());
  }

  private List<HasMetadata> list(Class<? extends HasMetadata> kind, String app) {
    return client
        .resources(kind)
        .inAnyNamespace()
        .withLabel(Names.MANAGED_BY, Names.OPERATOR)
        .withLabel(Names.INSTANCE, app)
        .list()
        .getItems()
        .stream()
        .<HasMetadata>map(HasMetadata.class::cast)
        .toList();
  }

  private boolean isServed(HasMetadata object) {
    return Kinds.OPTIONAL.stream().noneMatch(kind -> kind.isInstance(object))
        || served.stream().anyMatch(kind -> kind.isInstance(object));
  }

  @Override
  public void close() {
    references.stop();
    issued.stop();
    parallel.close();
  }
}
