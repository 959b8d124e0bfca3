package dev.voting.operator.watch;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Secrets that are the user's own. Each is watched by its name alone, so that the operator holds no
 * other Secret of the cluster in memory, and reconciles when one comes, changes or goes.
 */
public final class ReferencedSecrets extends AppEventSource<Secret> {

  /**
   * Where a Secret is.
   *
   * @param namespace of the Secret
   * @param name of the Secret
   */
  public record Reference(String namespace, String name) {}

  private final KubernetesClient client;
  private final Map<String, Map<Reference, SharedIndexInformer<Secret>>> byApp =
      new ConcurrentHashMap<>();

  /**
   * Makes a source of events.
   *
   * @param client watches
   * @param name distinguishes this source from others
   */
  public ReferencedSecrets(KubernetesClient client, String name) {
    super(Secret.class, name);
    this.client = client;
  }

  /** Reads a Secret, and watches it from now on. */
  public Optional<Secret> find(String app, Reference reference) {
    var informer =
        byApp
            .computeIfAbsent(app, name -> new HashMap<>())
            .computeIfAbsent(reference, wanted -> watch(app, wanted));
    return informer.getStore().list().stream().findFirst();
  }

  /** Stops watching what a VotingApp no longer refers to. */
  public void retain(String app, Set<Reference> references) {
    var informers = byApp.getOrDefault(app, Map.of());
    informers
        .entrySet()
        .removeIf(
            entry -> {
              if (references.contains(entry.getKey())) {
                return false;
              }
              entry.getValue().stop();
              return true;
            });
  }

  /** Stops watching for the VotingApps that are no more. */
  public void retainApps(Set<String> apps) {
    byApp.keySet().stream().filter(app -> !apps.contains(app)).toList().forEach(this::forget);
  }

  private void forget(String app) {
    retain(app, Set.of());
    byApp.remove(app);
  }

  private SharedIndexInformer<Secret> watch(String app, Reference reference) {
    var informer =
        client
            .secrets()
            .inNamespace(reference.namespace())
            .withName(reference.name())
            .runnableInformer(0);
    informer.addEventHandler(new AnyChange<>(_ -> wake(app)));
    Informers.run(informer);
    return informer;
  }

  @Override
  public void stop() {
    byApp.keySet().stream().toList().forEach(this::forget);
    super.stop();
  }
}
