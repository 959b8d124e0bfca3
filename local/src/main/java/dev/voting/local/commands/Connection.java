package dev.voting.local.commands;

import dev.voting.local.errors.CommandException;
import dev.voting.local.stack.Instance;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that selects a running votingapp. */
public final class Connection {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "the page's port of the votingapp, if more than one runs")
  private Integer port;

  Instance instance() {
    return Instance.find(Optional.ofNullable(port));
  }

  /** A client of its API. */
  public KubernetesClient client() {
    Instance instance = instance();
    try {
      return new KubernetesClientBuilder()
          .withConfig(Config.fromKubeconfig(Files.readString(instance.kubeconfig())))
          .build();
    } catch (IOException e) {
      throw new CommandException("cannot read " + instance.kubeconfig() + ": " + e.getMessage(), e);
    }
  }
}
