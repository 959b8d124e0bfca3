package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.operator.apply.Applier;
import dev.voting.operator.apply.NamespaceGuard;
import dev.voting.operator.apply.Parallel;
import dev.voting.operator.apply.Pruner;
import dev.voting.operator.apply.Repair;
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
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import dev.voting.operator.secrets.CertificateStore;
import dev.voting.operator.secrets.CredentialStore;
import dev.voting.operator.secrets.PostgresOwner;
import dev.voting.operator.steps.PostgresMajor;
import dev.voting.operator.steps.ReplicaHandover;
import dev.voting.operator.steps.storage.ClaimClasses;
import dev.voting.operator.steps.storage.ClaimGrowth;
import dev.voting.operator.steps.storage.ClaimSizes;
import dev.voting.operator.steps.storage.FixedFields;
import dev.voting.operator.steps.storage.OfflineGrowth;
import dev.voting.operator.watch.OptionalKinds;
import dev.voting.operator.watch.ReferencedSecrets;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the operator would do for a VotingApp, found out by dry-run requests: the API server answers
 * what would become of each object, with its defaults and its admission, and keeps nothing of it.
 */
public final class Preview implements AutoCloseable {

  private static final PatchContext DRY_RUN =
      new PatchContext.Builder()
          .withPatchType(PatchType.JSON_MERGE)
          .withDryRun(List.of("All"))
          .build();

  private final KubernetesClient client;
  private final ExecutorService parallel = Executors.newVirtualThreadPerTaskExecutor();
  private final ReferencedSecrets references;
  private final ReferencedSecrets issued;
  private final CredentialStore credentials;
  private final CertificateStore certificates;
  private final Repair repair;

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
    this.references = secrets(client, "referenced-secrets");
    this.issued = secrets(client, "issued-certificates");
    this.credentials = new CredentialStore(client, references);
    this.repair = new Repair(client);
    this.certificates =
        new CertificateStore(
            client,
            issued,
            () -> served.contains(Certificate.class),
            Clock.systemUTC(),
            new SecureRandom());
  }

  private static ReferencedSecrets secrets(KubernetesClient client, String name) {
    var secrets = new ReferencedSecrets(client, name);
    // What changes while this looks is the next look's.
    secrets.setEventHandler(event -> {});
    return secrets;
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
    var round = new Round(applied, view(app.name()));
    round.changes.add(
        new Change(live.map(HasMetadata.class::cast), Optional.of((HasMetadata) applied)));
    round.look();
    return new Outcome(List.copyOf(round.changes), List.copyOf(round.problems));
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
   * @return empty when they do not exist yet, and so hold nothing to tell
   */
  public Optional<Secrets> secrets(VotingApp app) {
    var view = view(app.name());
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

  /** As {@code kubectl apply} would leave it, judged by the rules that compare old and new. */
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

  private ObservedState view(String app) {
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

  /** One look at one VotingApp, in the steps of the reconciler. */
  private final class Round {
    private final VotingApp app;
    private final ObservedState view;
    private final List<Change> changes = new ArrayList<>();
    private final List<Finding> problems = new ArrayList<>();
    private Set<String> namespaces = Set.of();

    Round(VotingApp app, ObservedState view) {
      this.app = app;
      this.view = view;
    }

    void look() {
      var first = blueprint(new Credentials.Provided(Map.of()), new Certificates.None());
      var wanted = first.only(Stage.Name.NAMESPACES).objects().toList();
      problems.addAll(new NamespaceGuard(client, parallel).obstacles(app, wanted, view));
      if (!problems.isEmpty()) {
        return;
      }
      namespaces =
          view.all(Namespace.class).stream()
              .map(namespace -> namespace.getMetadata().getName())
              .collect(Collectors.toSet());
      switch (credentials.resolve(app, view)) {
        case CredentialStore.Resolution.Missing missing -> {
          problems.addAll(missing.obstacles());
          problems.addAll(missing.refusals());
          apply(first.before(Stage.Name.AUTHORITY));
        }
        case CredentialStore.Resolution.Found found -> look(found);
      }
    }

    private void look(CredentialStore.Resolution.Found found) {
      PostgresOwner.refusal(app, found.credentials()).ifPresent(problems::add);
      var certified = certificates.resolve(app, view);
      if (!certified.isComplete()) {
        problems.addAll(certified.problems());
        apply(
            blueprint(found.credentials(), certified.certificates())
                .before(Stage.Name.CREDENTIALS));
        return;
      }
      var blueprint = rotated(found, certified.certificates());
      var major = new PostgresMajor(client, DRY_RUN).check(blueprint, view);
      problems.addAll(major.obstacles());
      problems.addAll(major.problems());
      major.blueprint().objects().forEach(this::refuseClaims);
      var applicable =
          ReplicaHandover.keepReplicas(major.blueprint(), view)
              .map(object -> Optional.of(ClaimGrowth.withPossibleClaims(object, view)))
              .map(object -> Optional.of(OfflineGrowth.withStart(object, view)));
      apply(applicable);
      applicable.objects().forEach(this::resizeClaims);
      Pruner.superfluous(blueprint, view)
          .sorted(Comparator.comparing(object -> ObjectKey.of(object).toString()))
          .forEach(object -> changes.add(new Change(Optional.of(object), Optional.empty())));
    }

    private Blueprint blueprint(Credentials credentials, Certificates certificates) {
      return BlueprintRenderer.render(app, credentials, certificates, Images.CURRENT);
    }

    /** A rotation that is under way ends with this look, when nobody needs the old logins. */
    private Blueprint rotated(CredentialStore.Resolution.Found found, Certificates certificates) {
      var drawn = blueprint(found.credentials(), certificates);
      return found.credentials() instanceof Credentials.Managed managed
              && managed.outgoing().isPresent()
              && !found.begins()
              && ClientRollout.waitsFor(drawn, view).isEmpty()
          ? blueprint(managed.withoutOutgoing(), certificates)
          : drawn;
    }

    private void apply(Blueprint blueprint) {
      var objects = blueprint.objects().toList();
      var homeless = objects.stream().filter(object -> !isServed(object)).toList();
      if (!homeless.isEmpty()) {
        problems.add(OptionalKinds.notServed(homeless));
      }
      var tries =
          Parallel.map(
              parallel, objects.stream().filter(Preview.this::isServed).toList(), this::tryOut);
      tries.forEach(
          outcome -> {
            changes.addAll(outcome.changes());
            problems.addAll(outcome.problems());
          });
    }

    private Outcome tryOut(HasMetadata desired) {
      var namespace = desired.getMetadata().getNamespace();
      if (namespace != null && !namespaces.contains(namespace)) {
        // Nothing can be tried out in a namespace that does not exist yet.
        return changed(Optional.empty(), desired);
      }
      try {
        var before = view.find(desired).or(() -> read(desired));
        return changed(before, applied(desired, before));
      } catch (KubernetesClientException e) {
        return new Outcome(List.of(), List.of(Finding.refused(ObjectKey.of(desired), e)));
      }
    }

    private static Outcome changed(Optional<HasMetadata> before, HasMetadata after) {
      return new Outcome(List.of(new Change(before, Optional.of(after))), List.of());
    }

    private void refuseClaims(HasMetadata desired) {
      if (desired instanceof StatefulSet set) {
        view.find(set)
            .ifPresent(
                actual -> {
                  ClaimClasses.refused(set, actual, view).ifPresent(problems::add);
                  ClaimSizes.shrinks(set, actual, view).ifPresent(problems::add);
                });
      }
    }

    private void resizeClaims(HasMetadata desired) {
      for (var claim : ClaimGrowth.growing(desired, view)) {
        var grown = ClaimGrowth.grown(claim, desired);
        changes.add(new Change(Optional.of(claim), Optional.of(grown)));
      }
    }

    private Optional<HasMetadata> read(HasMetadata desired) {
      return Optional.ofNullable(client.resource(desired).get());
    }

    private HasMetadata applied(HasMetadata desired, Optional<HasMetadata> before) {
      var changeable = FixedFields.changeable(desired, before);
      try {
        var applied = client.resource(changeable).patch(Applier.DRY_RUN);
        return FixedFields.recreated(applied, desired);
      } catch (KubernetesClientException e) {
        if (before.isEmpty() || !Repair.mayMend(desired, e)) {
          throw e;
        }
        return repair.preview(desired, e);
      }
    }
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
