package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.certmanager.Certificate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
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

  /**
   * Looks at a cluster.
   *
   * @param client reads and writes, the latter only with {@code dryRun=All}; stays the caller's
   */
  public Preview(KubernetesClient client) {
    this.client = client;
    this.references = new ReferencedSecrets(client, "referenced-secrets");
    this.issued = new ReferencedSecrets(client, "issued-certificates");
    // What changes while this looks is the next look's.
    references.setEventHandler(event -> {});
    issued.setEventHandler(event -> {});
    this.credentials = new CredentialStore(client, references);
    this.certificates =
        new CertificateStore(
            client,
            issued,
            () -> client.supports(Certificate.class),
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
  public record Outcome(List<Change> changes, List<Problem> problems) {}

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
   * The blueprint of a VotingApp, with its credentials and certificates as the cluster holds them.
   *
   * @param app with every default
   * @return empty when its own Secrets do not exist yet, and so hold nothing to tell
   */
  public Optional<Blueprint> blueprint(VotingApp app) {
    var view = view(app.name());
    var kept =
        client
            .secrets()
            .inNamespace(new Names(app.name()).dataNamespace())
            .withName(Names.CREDENTIALS)
            .get();
    return kept == null
        ? Optional.empty()
        : credentials.resolve(app, view) instanceof CredentialStore.Resolution.Found found
            ? Optional.of(
                Blueprint.of(
                    app,
                    found.credentials(),
                    certificates.resolve(app, view).certificates(),
                    Images.CURRENT))
            : Optional.empty();
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

  private View view(String app) {
    var kinds =
        Stream.<Class<? extends HasMetadata>>concat(
            Stream.concat(Kinds.MANAGED.stream(), Kinds.OBSERVED.stream()),
            Kinds.OPTIONAL.stream().filter(client::supports));
    var lists = kinds.map(kind -> parallel.submit(() -> list(kind, app))).toList();
    return new View(lists.stream().map(Preview::result).flatMap(List::stream).toList());
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
    private final View view;
    private final List<Change> changes = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private Set<String> namespaces = Set.of();

    Round(VotingApp app, View view) {
      this.app = app;
      this.view = view;
    }

    void look() {
      problems.addAll(new NamespaceGuard(client, parallel).obstacles(app, view));
      if (!problems.isEmpty()) {
        return;
      }
      namespaces =
          view.all(Namespace.class).stream()
              .map(namespace -> namespace.getMetadata().getName())
              .collect(Collectors.toSet());
      switch (credentials.resolve(app, view)) {
        case CredentialStore.Resolution.Missing missing -> {
          problems.addAll(missing.problems());
          var none =
              Blueprint.of(
                  app, new Credentials.Provided(Map.of()), new Certificates.None(), Images.CURRENT);
          apply(new Blueprint(none.stages().subList(0, 1)));
        }
        case CredentialStore.Resolution.Found found -> {
          var certified = certificates.resolve(app, view);
          problems.addAll(certified.problems());
          var blueprint =
              Blueprint.of(app, found.credentials(), certified.certificates(), Images.CURRENT);
          apply(ReplicaHandover.keepReplicas(blueprint, view));
          blueprint.objects().forEach(this::growClaims);
          Pruner.superfluous(blueprint, view)
              .sorted(Comparator.comparing(object -> ObjectKey.of(object).toString()))
              .forEach(object -> changes.add(new Change(Optional.of(object), Optional.empty())));
        }
      }
    }

    private void apply(Blueprint blueprint) {
      var requests =
          blueprint.objects().map(object -> parallel.submit(() -> change(object))).toList();
      requests.stream().map(Preview::result).flatMap(Optional::stream).forEach(changes::add);
    }

    private Optional<Change> change(HasMetadata desired) {
      var namespace = desired.getMetadata().getNamespace();
      if (namespace != null && !namespaces.contains(namespace)) {
        // Nothing can be tried out in a namespace that does not exist yet.
        return Optional.of(new Change(Optional.empty(), Optional.of(desired)));
      }
      try {
        var before = view.find(desired).or(() -> read(desired));
        return Optional.of(new Change(before, Optional.of(applied(desired, before))));
      } catch (KubernetesClientException e) {
        synchronized (problems) {
          problems.add(Problem.refused(ObjectKey.of(desired), e));
        }
        return Optional.empty();
      }
    }

    private void growClaims(HasMetadata desired) {
      for (var claim : ClaimGrowth.growing(desired, view)) {
        var grown = ClaimGrowth.grown(claim, desired);
        changes.add(new Change(Optional.of(claim), Optional.of(grown)));
      }
    }

    private Optional<HasMetadata> read(HasMetadata desired) {
      return Optional.ofNullable(client.resource(desired).get());
    }

    private HasMetadata applied(HasMetadata desired, Optional<HasMetadata> before) {
      var changeable = ClaimGrowth.withoutGrowth(desired, before);
      var applied = client.resource(changeable).patch(Applier.DRY_RUN);
      return ClaimGrowth.withGrowth(applied, desired);
    }
  }

  private static <T> T result(Future<T> request) {
    try {
      return request.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the cluster", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KubernetesClientException refusal
          ? refusal
          : new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    references.stop();
    issued.stop();
    parallel.close();
  }
}
