package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server refuses by itself, and says what to do instead. No operator runs. */
class RefusalIT {

  private static TestCluster cluster;
  private static KubernetesClient client;

  @BeforeAll
  static void startCluster() {
    cluster = TestCluster.start();
    client = cluster.client();
  }

  @AfterAll
  static void stopCluster() {
    client.close();
    cluster.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{api: {replicas: -1}} | spec.api.replicas | greater than or equal to 0",
        "{frontend: {replicas: 101}} | spec.frontend.replicas | less than or equal to 100",
        "{consumer: {replicas: 101}} | spec.consumer.replicas | less than or equal to 100",
        "{consumer: {batchSize: 0}} | spec.consumer.batchSize | greater than or equal to 1",
        "{api: {autoscaling: {minReplicas: 5, maxReplicas: 3}}} |"
            + " spec.api.autoscaling.minReplicas | lower it or raise maxReplicas",
        "{api: {autoscaling: {maxReplicas: 0}}} | spec.api.autoscaling.maxReplicas |"
            + " greater than or equal to 1",
        "{api: {autoscaling: {}}} | spec.api.autoscaling.maxReplicas | Required value",
        "{postgres: {storage: {size: lots}}} | spec.postgres.storage.size | should match",
        "{postgres: {storage: {size: '0'}}} | spec.postgres.storage.size | such as 1Gi",
        "{postgres: {storage: {size: 1}}} | spec.postgres.storage.size | such as 1Gi",
        "{redis: {storage: {size: 1m}}} | spec.redis.storage.size | such as 1Gi",
        "{redis: {resources: {limits: {memory: 1Zi}}}} | spec.redis.resources.limits.memory |"
            + " should match",
        "{api: {resources: {requests: {cpu: '2'}, limits: {cpu: '1'}}}} |"
            + " spec.api.resources.requests | lower the request or raise the limit",
        "{api: {image: 'no image'}} | spec.api.image | should match",
        "{secrets: {postgres: {user: public}}} | spec.secrets.postgres.user | such as voting",
        "{secrets: {postgres: {user: none}}} | spec.secrets.postgres.user | such as voting",
        "{secrets: {postgres: {user: session_user}}} | spec.secrets.postgres.user | such as voting",
        "{secrets: {postgres: {user: pg_me}}} | spec.secrets.postgres.user | such as voting",
        "{secrets: {postgres: {user: voting_api}}} | spec.secrets.postgres.user | such as voting",
        "{redis: {maxMemory: much}} | spec.redis.maxMemory | such as 200mb",
        "{redis: {maxMemory: 200Mi}} | spec.redis.maxMemory | such as 200mb",
        "{redis: {maxMemory: 1kb}} | spec.redis.maxMemory | such as 200mb",
        "{redis: {maxMemory: 1gb}} | spec.redis.maxMemory | raise resources.limits.memory",
        "{redis: {resources: {limits: {memory: 200Mi}}}} | spec.redis.maxMemory |"
            + " raise resources.limits.memory",
        "{api: {resources: {limits: {memory: 10Mi}}}} | spec.api.resources.limits.memory |"
            + " such as 512Mi",
        "{consumer: {resources: {limits: {memory: 10Mi}}}} |"
            + " spec.consumer.resources.limits.memory | such as 512Mi",
        "{frontend: {resources: {limits: {memory: 10Mi}}}} |"
            + " spec.frontend.resources.limits.memory | such as 256Mi",
        "{postgres: {resources: {limits: {memory: 10Mi}}}} |"
            + " spec.postgres.resources.limits.memory | such as 512Mi",
        "{redis: {maxMemory: 4mb, resources: {limits: {memory: 10Mi}}}} |"
            + " spec.redis.resources.limits.memory | such as 256Mi",
        "{postgres: {storage: {storageClassName: Fast}}} | spec.postgres.storage.storageClassName |"
            + " such as fast-ssd",
        "{secrets: {postgres: {user: Voting}}} | spec.secrets.postgres.user | such as voting",
        "{exposure: {type: Gateway}} | spec.exposure.gateway | requires gateway.name",
        "{exposure: {host: 'no host'}} | spec.exposure.host | such as vote.example.org",
        "{exposure: {host: Vote.example.org}} | spec.exposure.host | such as vote.example.org",
        "{exposure: {host: 'http://a.org'}} | spec.exposure.host | such as vote.example.org",
        "{exposure: {maxBodySize: 1mb}} | spec.exposure.maxBodySize | such as 1m",
        "{api: {corsOrigins: ['https://x/']}} | spec.api.corsOrigins | no slash at its end",
        "{consumer: {workload: Pod}} | spec.consumer.workload | Deployment",
      })
  void whatCannotWork(String spec, String field, String wayOut) {
    assertThatThrownBy(() -> new Subjects(cluster, client).apply(spec))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(field)
        .hasMessageContaining(wayOut);
  }

  @Test
  void aNameThatIsTooLong() {
    assertThatThrownBy(() -> create("x".repeat(55)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("metadata.name must be no more than 54 characters")
        .hasMessageContaining("choose a shorter name");
  }

  @Test
  void aNameWithADot() {
    assertThatThrownBy(() -> create("a.b"))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("use a dash instead");
  }

  private static void create(String name) {
    client
        .resource(
            Serialization.unmarshal(
                "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: %s}"
                    .formatted(name),
                GenericKubernetesResource.class))
        .create();
  }
}
