package dev.voting.local.node;

import dev.voting.local.node.config.Addresses;
import dev.voting.local.node.config.Environment;
import dev.voting.local.node.config.Volumes;
import dev.voting.local.programs.Images;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.http.HttpClient;
import java.util.function.Consumer;

/**
 * What the workers of the node share.
 *
 * @param messages receives the lines for the terminal, such as a process that has died
 */
record NodeServices(
    KubernetesClient client,
    Images images,
    Addresses addresses,
    Environment environment,
    Volumes volumes,
    PodLogs logs,
    HttpClient http,
    Consumer<String> messages) {

  void log(String message) {
    messages.accept(message);
  }
}
