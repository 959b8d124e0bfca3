package dev.voting.servers.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The API server under test: the one in memory, or with {@code -Dcluster=kubeconfig} the one of the
 * current context, which shows that both behave alike.
 */
final class Cluster implements AutoCloseable {

  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final InMemoryKubernetes kubernetes;
  private final Config config;
  private final KubernetesClient client;
  private final List<String> namespaces = new ArrayList<>();

  Cluster() {
    kubernetes = isReal() ? null : InMemoryKubernetes.start();
    config = isReal() ? Config.autoConfigure(null) : kubernetes.config();
    client = new KubernetesClientBuilder().withConfig(config).build();
  }

  static boolean isReal() {
    return "kubeconfig".equals(System.getProperty("cluster"));
  }

  KubernetesClient client() {
    return client;
  }

  Config config() {
    return config;
  }

  /** Makes a namespace that no other test uses and that goes when this closes. */
  Namespace makeNamespace(String prefix) {
    String name = uniqueName(prefix);
    namespaces.add(name);
    return client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  /** A name that no other test uses. */
  static String uniqueName(String prefix) {
    return prefix
        + "-"
        + Long.toString(System.currentTimeMillis() % 100_000_000, 36)
        + COUNTER.incrementAndGet();
  }

  @Override
  public void close() {
    namespaces.forEach(name -> client.namespaces().withName(name).delete());
    client.close();
    if (kubernetes != null) {
      kubernetes.close();
    }
  }
}
