package dev.voting.operator.nodes;

import static dev.voting.operator.nodes.Commands.kubectl;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The operator on the cluster, as {@code deploy/} installs it. */
final class InstalledOperator {

  private static final String NAMESPACE = "voting-system";
  private static final String DEPLOYMENT = "deployment/" + Names.OPERATOR;

  /** The images' registry and tag, where they are others than those of {@code deploy/}. */
  static final Optional<String> REGISTRY =
      Optional.ofNullable(System.getProperty("nodes.registry"));

  static final Optional<String> TAG = Optional.ofNullable(System.getProperty("nodes.tag"));

  private static final Pattern RECONCILIATIONS =
      Pattern.compile("(?m)^operator_sdk_reconciliations_started_total\\S* (\\S+)$");

  private final KubernetesClient client;

  private InstalledOperator(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Installs it, with the definition of VotingApps.
   *
   * @return one that works; empty where the nodes cannot run its image
   */
  static Optional<InstalledOperator> install(KubernetesClient client) {
    var operator = new InstalledOperator(client);
    var before = operator.pods();
    kubectl("apply", "-k", kustomization().toString());
    if (!before.isEmpty()) {
      // The image may be another one under the same name.
      operator.restart();
      return Optional.of(operator);
    }
    await("the operator, or that its image cannot be had")
        .atMost(Patience.minutes(3))
        .until(() -> operator.isReady() || operator.lacksImage());
    return operator.lacksImage() ? Optional.empty() : Optional.of(operator);
  }

  /** {@code deploy/} with images from elsewhere. */
  private static Path kustomization() {
    if (REGISTRY.isEmpty() && TAG.isEmpty()) {
      return Path.of("..", "deploy");
    }
    var folder = Path.of("target", "node-suite");
    var image = new StringBuilder("  - name: ghcr.io/voting-dev/voting-operator\n");
    REGISTRY.ifPresent(r -> image.append("    newName: %s/voting-operator\n".formatted(r)));
    TAG.ifPresent(tag -> image.append("    newTag: \"%s\"\n".formatted(tag)));
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("kustomization.yaml"), "resources: [../../../deploy]\nimages:\n" + image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  /** Applies the committed definition of VotingApps. */
  static void applyDefinition() {
    kubectl("apply", "-k", Path.of("..", "crd").toString());
  }

  List<Pod> pods() {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel(Names.COMPONENT, "operator")
        .list()
        .getItems();
  }

  private boolean isReady() {
    var deployment = client.apps().deployments().inNamespace(NAMESPACE).withName(Names.OPERATOR);
    return deployment.get() != null
        && deployment.get().getStatus() != null
        && deployment
            .get()
            .getSpec()
            .getReplicas()
            .equals(deployment.get().getStatus().getReadyReplicas());
  }

  private boolean lacksImage() {
    return pods().stream()
        .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
        .anyMatch(
            container ->
                container.getState().getWaiting() != null
                    && String.valueOf(container.getState().getWaiting().getReason())
                        .matches("ErrImage.*|ImagePullBackOff|InvalidImageName"));
  }

  void restart() {
    kubectl("-n", NAMESPACE, "rollout", "restart", DEPLOYMENT);
    awaitRollout();
  }

  /** Has it run so many times, or not at all. */
  void scale(int replicas) {
    kubectl("-n", NAMESPACE, "scale", DEPLOYMENT, "--replicas=" + replicas);
    awaitRollout();
    await(replicas + " operators")
        .atMost(Patience.minutes(2))
        .until(() -> pods().size() == replicas);
  }

  private static void awaitRollout() {
    kubectl("-n", NAMESPACE, "rollout", "status", DEPLOYMENT, "--timeout=3m");
  }

  /** The one that acts. */
  private Optional<String> leader() {
    return Optional.ofNullable(
            client.resources(Lease.class).inNamespace(NAMESPACE).withName(Names.OPERATOR).get())
        .map(lease -> lease.getSpec().getHolderIdentity());
  }

  private Optional<Pod> leadingPod() {
    return leader()
        .flatMap(
            identity ->
                pods().stream()
                    .filter(pod -> identity.startsWith(pod.getMetadata().getName() + "_"))
                    .findFirst());
  }

  /**
   * Kills the one that acts, so soon after it has begun to; with no time to end in order.
   *
   * @throws InterruptedException when that is no longer wanted
   */
  void killLeader(long afterMillis) throws InterruptedException {
    await("an operator that leads")
        .atMost(Patience.minutes(2))
        .until(() -> leadingPod().isPresent());
    Thread.sleep(afterMillis);
    var pod = leadingPod().orElseThrow();
    client.resource(pod).withGracePeriod(0).delete();
    IO.println("killed " + pod.getMetadata().getName());
  }

  /** How many reconciliations were started by those that run. */
  double reconciliations() {
    return pods().stream()
        .map(
            pod ->
                "/api/v1/namespaces/%s/pods/%s:8080/proxy/metrics"
                    .formatted(NAMESPACE, pod.getMetadata().getName()))
        .flatMap(path -> RECONCILIATIONS.matcher(client.raw(path)).results())
        .mapToDouble(found -> Double.parseDouble(found.group(1)))
        .sum();
  }

  /** How often its containers have ended, killed ones aside, whose pods are gone. */
  int restarts() {
    return pods().stream()
        .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
        .mapToInt(container -> container.getRestartCount())
        .sum();
  }

  /** The last lines of each one's log. */
  String logs() {
    var logs = new StringBuilder();
    for (var pod : pods()) {
      logs.append("--- ").append(pod.getMetadata().getName()).append('\n');
      try {
        logs.append(
            client
                .pods()
                .inNamespace(NAMESPACE)
                .withName(pod.getMetadata().getName())
                .tailingLines(40)
                .getLog());
      } catch (KubernetesClientException e) {
        logs.append(e.getMessage()).append('\n');
      }
    }
    return logs.toString();
  }

  /** Leaves the definition and the rights, with which other tests' own operators work. */
  void remove() {
    kubectl("-n", NAMESPACE, "delete", DEPLOYMENT);
  }
}
