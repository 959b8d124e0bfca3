package dev.voting.operator.nodes;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import org.awaitility.core.ConditionTimeoutException;

/** What all cases share: the cluster, the operator on it, one VotingApp, and the report. */
final class NodeSuite implements AutoCloseable {

  final KubernetesClient client;
  final InstalledOperator operator;
  final VotingSystem system;
  final VoteApi api;
  final Report report = new Report();
  private final Thread door = Thread.ofVirtual().unstarted(this::keepDoorOpen);

  private NodeSuite(KubernetesClient client, InstalledOperator operator) {
    this.client = client;
    this.operator = operator;
    system = new VotingSystem(client);
    api = new VoteApi(system.names.apiNamespace());
  }

  /** Installs all, or says why this cluster is none for the suite, and has it skipped. */
  static NodeSuite start() {
    if (!System.getProperty("cluster", "mock").equals("kubeconfig")) {
      skip("it needs a cluster with nodes: -Dcluster=kubeconfig takes the current context's");
    }
    var client = Connections.patient();
    if (client.nodes().list().getItems().stream().noneMatch(Readiness::isNodeReady)) {
      client.close();
      skip("the cluster at " + client.getMasterUrl() + " has no node that is ready");
    }
    var operator = InstalledOperator.install(client);
    if (operator.isEmpty()) {
      client.close();
      skip("the nodes have no image of the operator: build it and load it, see CONTRIBUTING.md");
    }
    var suite = new NodeSuite(client, operator.get());
    suite.system.remove();
    suite.door.start();
    suite.system.create();
    suite.awaitReady();
    return suite;
  }

  private static void skip(String why) {
    IO.println("The suite for clusters with nodes is skipped: " + why);
    abort(why);
  }

  private void awaitReady() {
    try {
      system.awaitReady();
    } catch (ConditionTimeoutException e) {
      diagnose();
      throw e;
    }
  }

  /**
   * Begins a case.
   *
   * @param name the row's, in the table
   */
  Case during(String name) {
    return new Case(this, name);
  }

  /** Has the VotingApp be as at first; if nothing else helps, by making another one. */
  void restore() {
    try {
      if (system.get() == null) {
        system.create();
      }
      system.restore();
      system.awaitReady();
    } catch (ConditionTimeoutException | KubernetesClientException e) {
      IO.println("What was left is given up: " + e.getMessage());
      diagnose();
      system.remove();
      system.create();
      awaitReady();
    }
  }

  /** Prints what is known of the system and of the operator. */
  void diagnose() {
    IO.println(system.describe());
    IO.println(operator.logs());
  }

  /** Silence can only be heard by listening for a time. */
  static void letPass(Duration time) {
    var end = System.nanoTime() + time.toNanos();
    await()
        .pollInterval(Duration.ofMillis(200))
        .atMost(time.plusSeconds(30))
        .until(() -> System.nanoTime() >= end);
  }

  /**
   * The API server is no pod that a NetworkPolicy of the operator's could name, so a policy beside
   * those lets it in; again whenever the namespace is another one.
   */
  private void keepDoorOpen() {
    var policy =
        new NetworkPolicyBuilder()
            .withNewMetadata()
            .withNamespace(system.names.apiNamespace())
            .withName("node-suite")
            .endMetadata()
            .withNewSpec()
            .withNewPodSelector()
            .endPodSelector()
            .withPolicyTypes("Ingress")
            .addNewIngress()
            .addNewPort()
            .withNewPort(8000)
            .endPort()
            .endIngress()
            .endSpec()
            .build();
    while (!Thread.interrupted()) {
      try {
        if (client.resource(policy).get() == null) {
          client.resource(policy).create();
        }
      } catch (KubernetesClientException e) {
        // No namespace yet, or no longer.
      }
      try {
        Thread.sleep(Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Prints the table; unless {@code -Dnodes.keep} is given, leaves nothing behind that acts. */
  @Override
  public void close() {
    report.print();
    door.interrupt();
    if (System.getProperty("nodes.keep") == null) {
      system.remove();
      operator.remove();
    }
    api.close();
    client.close();
  }
}
