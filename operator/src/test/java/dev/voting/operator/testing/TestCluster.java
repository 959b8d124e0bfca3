package dev.voting.operator.testing;

import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cli.ClientKey;
import dev.voting.operator.http.Clients;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.Utils;
import io.fabric8.kubeapitest.binary.OSInfo;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the reconciliation is tested: a Kubernetes API in memory; with {@code -Dcluster=binaries} a
 * kube-apiserver and an etcd of this machine, started by fabric8's kube-api-test; or with {@code
 * -Dcluster=kubeconfig} the cluster of the current context. No kubelet is needed, and one does no
 * harm.
 */
public sealed interface TestCluster extends AutoCloseable {

  /** The cluster that the tests were given. */
  static TestCluster start() {
    var cluster =
        switch (System.getProperty("cluster", "mock")) {
          case "mock" -> new InMemory(InMemoryKubernetes.start());
          case "binaries" -> Binaries.start();
          case "kubeconfig" -> new Current();
          default ->
              throw new IllegalArgumentException("-Dcluster is mock, binaries or kubeconfig");
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

  /**
   * Has a Job end, as its controller does; its backoffLimit must be 0.
   *
   * @param ranFor how long it shall have run, where that can be chosen
   * @param words the last ones of its pod
   */
  void end(KubernetesClient client, Job job, boolean failed, Duration ranFor, String words);

  /**
   * A pod of a workload, to be given what became of it.
   *
   * @return the pod as the cluster holds it
   */
  Pod pod(KubernetesClient client, HasMetadata workload);

  /** Whether what belongs to something deleted goes too, and deleted namespaces end. */
  default boolean collectsGarbage() {
    return true;
  }

  @Override
  void close();

  private static void endPod(KubernetesClient client, Pod pod, boolean failed, String words) {
    client
        .resource(pod)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            ("{\"status\":{\"phase\":\"%s\",\"containerStatuses\":[{\"name\":\"%s\",\"image\":"
                    + "\"x\",\"imageID\":\"x\",\"ready\":false,\"restartCount\":0,\"state\":{"
                    + "\"terminated\":{\"exitCode\":%d,\"message\":\"%s\"}}}]}}")
                .formatted(
                    failed ? "Failed" : "Succeeded",
                    pod.getSpec().getContainers().getFirst().getName(),
                    failed ? 1 : 0,
                    words.replace("\"", "\\\"")));
  }

  /** Where no controllers run: their part is to report on the workload. */
  sealed interface WithoutControllers extends TestCluster {
    @Override
    default void ready(KubernetesClient client, HasMetadata workload) {
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
    default void end(
        KubernetesClient client, Job job, boolean failed, Duration ranFor, String words) {
      endPod(client, pod(client, job), failed, words);
      var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      // An API server accepts an end only with the condition that announces it.
      var conditions =
          Stream.of(failed ? "FailureTarget" : "SuccessCriteriaMet", failed ? "Failed" : "Complete")
              .map(
                  type ->
                      ("{\"type\":\"%s\",\"status\":\"True\",\"reason\":\"BackoffLimitExceeded\","
                              + "\"lastTransitionTime\":\"%s\"}")
                          .formatted(type, now))
              .collect(Collectors.joining(","));
      client
          .resource(job)
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"status\":{\"startTime\":\"%s\",%s\"active\":0,\"ready\":0,\"conditions\":[%s]}}"
                  .formatted(
                      now.minus(ranFor),
                      failed ? "" : "\"completionTime\":\"%s\",".formatted(now),
                      conditions));
    }

    @Override
    default Pod pod(KubernetesClient client, HasMetadata workload) {
      var owner = client.resource(workload).get();
      var template =
          switch (owner) {
            case Deployment deployment -> deployment.getSpec().getTemplate();
            case StatefulSet set -> set.getSpec().getTemplate();
            case Job job -> job.getSpec().getTemplate();
            default -> throw new IllegalArgumentException(owner.getKind());
          };
      var pod =
          new PodBuilder()
              .withNewMetadata()
              .withNamespace(owner.getMetadata().getNamespace())
              .withName(owner.getMetadata().getName() + "-0")
              .withLabels(template.getMetadata().getLabels())
              .addNewOwnerReference()
              .withApiVersion(owner.getApiVersion())
              .withKind(owner.getKind())
              .withName(owner.getMetadata().getName())
              .withUid(owner.getMetadata().getUid())
              .withController(true)
              .endOwnerReference()
              .endMetadata()
              .withSpec(template.getSpec())
              .editSpec()
              .addAllToVolumes(claims(owner))
              .endSpec()
              .build();
      return client.resource(pod).serverSideApply();
    }

    /** The volumes that a StatefulSet's controller adds to the template's. */
    private static List<Volume> claims(HasMetadata owner) {
      return owner instanceof StatefulSet set
          ? set.getSpec().getVolumeClaimTemplates().stream()
              .map(claim -> claim.getMetadata().getName())
              .map(
                  name ->
                      new VolumeBuilder()
                          .withName(name)
                          .withNewPersistentVolumeClaim(
                              name + "-" + set.getMetadata().getName() + "-0", false)
                          .build())
              .toList()
          : List.of();
    }
  }

  /** In memory, behind fabric8's mock server. */
  record InMemory(InMemoryKubernetes kubernetes) implements WithoutControllers {
    @Override
    public KubernetesClient client() {
      return Clients.of(kubernetes.config());
    }

    @Override
    public void close() {
      kubernetes.close();
    }
  }

  /** A kube-apiserver and an etcd of this machine: nothing is collected, no namespace ever goes. */
  record Binaries(KubeAPIServer server, Path folder) implements WithoutControllers {

    /** The variable that Kubernetes' own envtest reads. */
    private static final String ASSETS = "KUBEBUILDER_ASSETS";

    static Binaries start() {
      var found = System.getProperty("cluster.binaries", System.getenv(ASSETS));
      assumeThat(found)
          .as("a folder of kube-apiserver, etcd and kubectl in -Dcluster.binaries or " + ASSETS)
          .isNotNull();
      try {
        var folder = Files.createTempDirectory("kube-api-test");
        // Under the one name by which kube-api-test looks for no other version, and for no
        // download.
        var versions = Files.createDirectory(folder.resolve("k8s"));
        Files.createSymbolicLink(
            versions.resolve("0.0.0" + Utils.platformSuffix(new OSInfo())),
            Path.of(found).toAbsolutePath());
        var server =
            new KubeAPIServer(
                KubeAPIServerConfigBuilder.anAPIServerConfig()
                    .withTestDir(folder.toString())
                    .withApiServerVersion("0.0.0")
                    .withOfflineMode(true)
                    .withUpdateKubeConfig(false)
                    .withStartupTimeout((int) Duration.ofMinutes(2).toMillis())
                    .build());
        server.start();
        return new Binaries(server, folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public KubernetesClient client() {
      return Clients.of(Config.fromKubeconfig(server.getKubeConfigYaml()));
    }

    @Override
    public boolean collectsGarbage() {
      return false;
    }

    @Override
    public void close() {
      server.stop();
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A real cluster, whose controllers report once the pods are ready. */
  record Current() implements TestCluster {
    @Override
    public KubernetesClient client() {
      return Clients.of(ClientKey.recognize(Config.autoConfigure(null)));
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
    public void end(
        KubernetesClient client, Job job, boolean failed, Duration ranFor, String words) {
      endPod(client, pod(client, job), failed, words);
    }

    @Override
    public Pod pod(KubernetesClient client, HasMetadata workload) {
      var labels = workload.getMetadata().getLabels();
      var selector =
          workload instanceof Job job
              ? Map.of("batch.kubernetes.io/controller-uid", job.getMetadata().getUid())
              : Map.of(Names.COMPONENT, labels.get(Names.COMPONENT));
      var pods =
          client.pods().inNamespace(workload.getMetadata().getNamespace()).withLabels(selector);
      await("a pod of " + workload.getMetadata().getName())
          .atMost(Subjects.SOON)
          .until(() -> !pods.list().getItems().isEmpty());
      return pods.list().getItems().getFirst();
    }

    @Override
    public void close() {}
  }
}
