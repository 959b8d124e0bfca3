package dev.voting.operator.watch;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Kinds;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the watches hold of each VotingApp, and of its objects. */
public final class Caches {

  private final KubernetesClient client;
  private final Consumer<HasMetadata> onEvent;
  private final List<InformerEventSource<? extends HasMetadata, VotingApp>> caches =
      new ArrayList<>();
  private IndexerResourceCache<VotingApp> apps;
  private OptionalKinds optionalKinds;

  /**
   * Makes caches that are empty until the event sources are started.
   *
   * @param onEvent is given whatever the watches bring, in its order, and so sees what soon is gone
   *     again
   */
  public Caches(KubernetesClient client, Consumer<HasMetadata> onEvent) {
    this.client = client;
    this.onEvent = onEvent;
  }

  /** The event sources of all kinds of object. */
  public List<EventSource<?, VotingApp>> eventSources(EventSourceContext<VotingApp> context) {
    apps = context.getPrimaryCache();
    optionalKinds = new OptionalKinds(client, apps);
    caches.clear();
    Stream.concat(Kinds.MANAGED.stream(), Kinds.OBSERVED.stream())
        .forEach(kind -> caches.add(cache(kind, context)));
    var sources = new ArrayList<EventSource<?, VotingApp>>(caches);
    sources.add(optionalKinds);
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

  private Set<ResourceID> appsOf(HasMetadata object) {
    if (!Ownership.mayBeOurs(object)) {
      return Set.of();
    }
    onEvent.accept(object);
    return Ownership.appsOf(object).stream().map(ResourceID::new).collect(Collectors.toSet());
  }

  /** The objects of a VotingApp. */
  public ObservedState of(VotingApp app) {
    return new ObservedState(
        Stream.concat(
                caches.stream().flatMap(cache -> cache.getSecondaryResources(app).stream()),
                optionalKinds.getSecondaryResources(app).stream())
            .<HasMetadata>map(HasMetadata.class::cast)
            .filter(object -> Ownership.isWithin(object, app.name()))
            .toList());
  }

  /** Whether the cluster has a place for an object; it always has for kinds of its own. */
  public boolean serves(HasMetadata object) {
    return optionalKinds.serves(object);
  }

  /** All VotingApps. */
  public List<VotingApp> apps() {
    return apps.list().toList();
  }

  /** Whether there is a VotingApp of that name. */
  public boolean isApp(String name) {
    return apps.get(new ResourceID(name)).isPresent();
  }
}
