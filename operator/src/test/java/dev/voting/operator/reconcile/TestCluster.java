package dev.voting.operator.reconcile;

import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.blueprint.Names;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where the reconciliation is tested: a Kubernetes API in memory, or, with {@code
 * -Dcluster=kubeconfig}, the cluster of the current context. No kubelet is needed, and one does no
 * harm.
 */
public sealed interface TestCluster extends AutoCloseable {

  /** The cluster that the tests were told to use. */
  static TestCluster start() {
    var cluster =
        switch (System.getProperty("cluster", "mock")) {
          case "mock" -> new InMemory(InMemoryKubernetes.start());
          case "kubeconfig" -> new Current();
          default -> throw new IllegalArgumentException("-Dcluster is mock or kubeconfig");
        };
    try (var client = cluster.client()) {
      client.resource(VotingAppCrd.read()).forceConflicts().serverSideApply();
      client
          .resource(VotingAppCrd.read())
          .waitUntilCondition(
              crd ->
                  crd != null
                      && crd.getStatus() != null
                      && crd.getStatus().getConditions().stream()
                          .anyMatch(
                              c ->
                                  c.getType().equals("Established")
                                      && c.getStatus().equals("True")),
              30,
              TimeUnit.SECONDS);
    }
    return cluster;
  }

  /** A client of the caller's own. */
  KubernetesClient client();

  /** Does what a kubelet would: says that a workload's pods are ready. */
  void ready(KubernetesClient client, HasMetadata workload);

  @Override
  void close();

  /** In memory, where no controllers run: their part is to report on the workload. */
  record InMemory(InMemoryKubernetes kubernetes) implements TestCluster {
    @Override
    public KubernetesClient client() {
      return new KubernetesClientBuilder()
          .withConfig(kubernetes.config())
          .withHttpClientFactory(new JdkHttpClientFactory())
          .build();
    }

    @Override
    public void ready(KubernetesClient client, HasMetadata workload) {
      var current = client.resource(workload).get();
      var generation = current.getMetadata().getGeneration();
      client
          .resource(current)
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              ("{\"status\":{\"observedGeneration\":%d,\"replicas\":%3$d,\"readyReplicas\":%3$d,"
                      + "\"updatedReplicas\":%3$d,\"active\":%3$d,\"ready\":%3$d}}")
                  .formatted(generation, 0, Replicas.of(current)));
    }

    @Override
    public void close() {
      kubernetes.close();
    }
  }

  /** A real cluster, whose controllers report once the pods are ready. */
  record Current() implements TestCluster {
    @Override
    public KubernetesClient client() {
      return new KubernetesClientBuilder()
          .withHttpClientFactory(new JdkHttpClientFactory())
          .build();
    }

    @Override
    public void ready(KubernetesClient client, HasMetadata workload) {
      var labels = workload.getMetadata().getLabels();
      var selector =
          Map.of(
              Names.INSTANCE,
              labels.get(Names.INSTANCE),
              Names.COMPONENT,
              labels.get(Names.COMPONENT));
      client
          .pods()
          .inNamespace(workload.getMetadata().getNamespace())
          .withLabels(selector)
          .list()
          .getItems()
          .forEach(pod -> ready(client, pod));
    }

    private static void ready(KubernetesClient client, Pod pod) {
      try {
        client
            .resource(pod)
            .subresource("status")
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\","
                    + "\"status\":\"True\"}]}}");
      } catch (KubernetesClientException e) {
        // A pod of an older template may go at any time.
        if (e.getCode() != 404) {
          throw e;
        }
      }
    }

    @Override
    public void close() {}
  }
}
