package dev.voting.operator.watch;

import dev.voting.crd.ExposureSpec;
import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.Kinds;
import dev.voting.operator.cluster.ObjectKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The objects of the Gateway API, and those of cert-manager, which a cluster may not serve, come to
 * serve, or cease to. Their CRDs are watched, each by its name, so that nothing is asked again and
 * again; while one is served, so are its objects.
 */
public final class OptionalKinds extends AppEventSource<HasMetadata> {

  /** How long the operator's start waits for a cache to be filled. */
  private static final long PATIENCE_SECONDS = 10;

  private final List<Kind<?>> kinds;
  private final IndexerResourceCache<VotingApp> apps;

  public OptionalKinds(KubernetesClient client, IndexerResourceCache<VotingApp> apps) {
    super(HasMetadata.class, "optional-kinds");
    this.apps = apps;
    this.kinds = Kinds.OPTIONAL.stream().<Kind<?>>map(kind -> new Kind<>(client, kind)).toList();
  }

  @Override
  public void start() {
    super.start();
    kinds.forEach(Kind::start);
  }

  @Override
  public void stop() {
    kinds.forEach(Kind::stop);
    super.stop();
  }

  /** Whether the cluster has a place for an object; it always has for kinds of its own. */
  public boolean serves(HasMetadata object) {
    return kinds.stream().filter(kind -> kind.isOf(object)).allMatch(Kind::isServed);
  }

  /** What keeps a VotingApp's objects from being made, in words for people. */
  public static Finding notServed(List<HasMetadata> objects) {
    return new Finding(
        "NotServed",
        "%s: this cluster does not serve the Gateway API (%s): install its CRDs and a controller, or set spec.exposure.type to Ingress"
            .formatted(
                objects.stream()
                    .map(object -> ObjectKey.of(object).toString())
                    .collect(Collectors.joining(", ")),
                objects.getFirst().getApiVersion()));
  }

  @Override
  public Set<HasMetadata> getSecondaryResources(VotingApp app) {
    return kinds.stream().flatMap(kind -> kind.objects(app.name())).collect(Collectors.toSet());
  }

  /** Has those reconcile that want the Gateway API or cert-manager. */
  private void wakeApps() {
    apps.list(
            app ->
                app.getSpec().exposure().type() == ExposureSpec.Type.Gateway
                    || app.getSpec().tls().issuerRef() != null)
        .forEach(app -> wake(app.name()));
  }

  /** One kind: its CRD, and while that is served, the operator's objects. */
  private final class Kind<T extends HasMetadata> {
    private final KubernetesClient client;
    private final Class<T> type;
    private SharedIndexInformer<CustomResourceDefinition> crd;
    private SharedIndexInformer<T> objects;
    private CompletableFuture<Void> filled = CompletableFuture.completedFuture(null);

    Kind(KubernetesClient client, Class<T> type) {
      this.client = client;
      this.type = type;
    }

    boolean isOf(HasMetadata object) {
      return type.isInstance(object);
    }

    public synchronized boolean isServed() {
      return objects != null && objects.hasSynced();
    }

    public synchronized Stream<HasMetadata> objects(String app) {
      return objects == null
          ? Stream.empty()
          : objects.getStore().list().stream()
              .filter(object -> app(object).filter(app::equals).isPresent())
              .map(HasMetadata.class::cast);
    }

    void start() {
      crd =
          client
              .apiextensions()
              .v1()
              .customResourceDefinitions()
              .withName(HasMetadata.getFullResourceName(type))
              .runnableInformer(0);
      crd.addEventHandler(new AnyChange<>(changed -> follow()));
      await(begin(crd));
      follow();
      await(filled());
    }

    private synchronized CompletableFuture<Void> filled() {
      return filled;
    }

    public synchronized void stop() {
      crd.stop();
      forget();
    }

    private void forget() {
      if (objects != null) {
        objects.stop();
        objects = null;
      }
    }

    /** Begins or ends to watch the objects, as the CRD says. */
    private synchronized void follow() {
      boolean served =
          crd.getStore().list().stream().anyMatch(found -> OptionalKinds.isServed(found, type));
      if (served && objects == null) {
        objects =
            client
                .resources(type)
                .inAnyNamespace()
                .withLabel(Names.MANAGED_BY, Names.OPERATOR)
                .withLimit(Kinds.pageOf(type))
                .runnableInformer(0)
                .itemStore(new CompactStore<>());
        objects.addEventHandler(
            new AnyChange<>(object -> app(object).ifPresent(OptionalKinds.this::wake)));
        filled = begin(objects);
        filled.thenRun(OptionalKinds.this::wakeApps);
      } else if (!served && objects != null) {
        forget();
        wakeApps();
      }
    }
  }

  /**
   * Whether a cluster serves a kind, by its CRD as the cluster holds it. One that is new has no
   * conditions yet, and one that is going takes no more objects.
   */
  public static boolean isServed(CustomResourceDefinition crd, Class<? extends HasMetadata> kind) {
    return !crd.isMarkedForDeletion()
        && crd.getSpec().getVersions().stream()
            .anyMatch(
                version ->
                    version.getName().equals(HasMetadata.getVersion(kind)) && version.getServed())
        && Optional.ofNullable(crd.getStatus())
            .map(CustomResourceDefinitionStatus::getConditions)
            .orElse(List.of())
            .stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Established")
                        && condition.getStatus().equals("True"));
  }

  private static Optional<String> app(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getLabels())
        .map(labels -> labels.get(Names.INSTANCE));
  }

  /** What a cluster refuses now it may grant later, so the tries go on, ever more slowly. */
  private static CompletableFuture<Void> begin(SharedIndexInformer<?> informer) {
    informer.exceptionHandler((started, problem) -> true);
    return informer.start().toCompletableFuture();
  }

  /** Not for ever: a start without the Gateway API is better than none. */
  private static void await(CompletableFuture<Void> filled) {
    filled.copy().completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }
}
