package dev.voting.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.PodTemplates;
import dev.voting.operator.blueprint.Renderings;
import dev.voting.operator.testing.TestCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The API server's own admission takes every pod into its namespace, which enforces "restricted".
 */
class PodSecurityIT {

  private final String name =
      "t" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
  private TestCluster cluster;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    cluster = TestCluster.start();
    client = cluster.client();
    assumeThat(cluster)
        .as("in memory there is no admission: run with -Dcluster=kubeconfig")
        .isInstanceOf(TestCluster.Current.class);
    objects("{}", Namespace.class);
    objects("{}", ServiceAccount.class);
  }

  private void objects(String spec, Class<? extends HasMetadata> kind) {
    Renderings.of(name, spec)
        .objects()
        .filter(kind::isInstance)
        .forEach(object -> client.resource(object).create());
  }

  @AfterEach
  void stop() {
    new Names(name)
        .namespaces()
        .forEach(namespace -> client.namespaces().withName(namespace).delete());
    client.close();
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{consumer: {workload: Deployment}, frontend: {replicas: 3}, api: {rateLimit:"
            + " {requestsPerSecond: 5}}}",
        "{exposure: {type: Gateway, gateway: {className: some}}}"
      })
  void everyPodIsAdmitted(String spec) {
    var pods = PodTemplates.of(Renderings.of(name, spec)).map(PodSecurityIT::pod).toList();
    assertThat(pods).hasSize(5);
    for (var pod : pods) {
      assertThat(client.resource(pod).dryRun().create()).isNotNull();
    }
  }

  /** Or the test above would prove nothing. */
  @Test
  void aPodThatMayDoMoreIsNotAdmitted() {
    var pod = pod(PodTemplates.of(Renderings.of(name, "{}")).findFirst().orElseThrow());
    pod.getSpec().getSecurityContext().setSeccompProfile(null);
    var resource = client.resource(pod).dryRun();
    assertThatThrownBy(resource::create)
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("violates PodSecurity \"restricted:latest\"");
  }

  /** As a StatefulSet makes it too, with a volume for each of its claims. */
  private static Pod pod(PodTemplates pod) {
    var made =
        new PodBuilder()
            .withNewMetadataLike(pod.template().getMetadata())
            .withName(pod.component())
            .withNamespace(pod.namespace())
            .endMetadata()
            .withSpec(pod.template().getSpec())
            .build();
    var volumes = made.getSpec().getVolumes();
    made.getSpec().getContainers().stream()
        .flatMap(container -> container.getVolumeMounts().stream())
        .map(VolumeMount::getName)
        .distinct()
        .filter(name -> volumes.stream().noneMatch(volume -> volume.getName().equals(name)))
        .toList()
        .forEach(
            name ->
                volumes.add(
                    new VolumeBuilder()
                        .withName(name)
                        .withNewPersistentVolumeClaim(name, false)
                        .build()));
    return made;
  }
}
