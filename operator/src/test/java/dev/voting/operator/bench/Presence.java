package dev.voting.operator.bench;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Kinds;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Sees by watches when all objects of VotingApps are there. */
final class Presence implements AutoCloseable {

  private final Map<String, Set<String>> objects = new HashMap<>();
  private final AtomicReference<WatcherException> lost = new AtomicReference<>();
  private final List<Watch> watches;

  Presence(KubernetesClient client) {
    watches = Kinds.MANAGED.stream().map(kind -> watch(client, kind)).toList();
  }

  private <T extends HasMetadata> Watch watch(KubernetesClient client, Class<T> kind) {
    return client
        .resources(kind)
        .inAnyNamespace()
        .withLabel(Names.MANAGED_BY, Names.OPERATOR)
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, T object) {
                if (action == Action.ADDED) {
                  add(object);
                }
              }

              @Override
              public void onClose(WatcherException cause) {
                lost.set(cause);
              }
            });
  }

  private synchronized void add(HasMetadata object) {
    var metadata = object.getMetadata();
    objects
        .computeIfAbsent(metadata.getLabels().get(Names.INSTANCE), app -> new HashSet<>())
        .add(object.getKind() + "/" + metadata.getNamespace() + "/" + metadata.getName());
    notifyAll();
  }

  /**
   * Waits.
   *
   * @param apps names
   * @param each how many objects each has
   */
  synchronized void await(List<String> apps, long each) throws InterruptedException {
    while (apps.stream().anyMatch(app -> objects.getOrDefault(app, Set.of()).size() < each)) {
      if (lost.get() != null) {
        throw new IllegalStateException("a watch is lost", lost.get());
      }
      wait(1_000);
    }
  }

  @Override
  public void close() {
    watches.forEach(Watch::close);
  }
}
