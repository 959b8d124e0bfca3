package dev.voting.operator.nodes;

import dev.voting.operator.cli.ClientKey;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;

/** Clients of the current context's cluster. */
final class Connections {

  private Connections() {}

  /** One that tries again what fails for a moment. */
  static KubernetesClient patient() {
    return client(configuration());
  }

  /** One that asks once. */
  static KubernetesClient plain() {
    var config = configuration();
    config.setRequestRetryBackoffLimit(0);
    return client(config);
  }

  private static Config configuration() {
    return ClientKey.recognize(Config.autoConfigure(null));
  }

  private static KubernetesClient client(Config config) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new JdkHttpClientFactory())
        .build();
  }
}
