package dev.voting.local.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.local.node.Status;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A round of a controller whose owner was deleted, and made again, since it was read. */
class OwnedIT {
  private InMemoryKubernetes api;
  private KubernetesClient client;
  private StatefulSet deleted;

  @BeforeEach
  void deleteASetAndLeaveItsPod() {
    api = InMemoryKubernetes.start();
    client = api.client();
    deleted = client.resource(set()).create();
    Pod pod =
        Owned.pod(deleted, deleted.getSpec().getTemplate(), "store-0", Map.of())
            .editSpec()
            .withNodeName(null)
            .endSpec()
            .build();
    client.resource(pod).create();
    client.resource(deleted).withPropagationPolicy(DeletionPropagation.ORPHAN).delete();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> client.resource(deleted).get() == null && Owned.controller(pod()).isEmpty());
  }

  @AfterEach
  void stop() {
    client.close();
    api.close();
  }

  @Test
  void leavesThePodsToTheOneThatComesAfter() {
    adopt(deleted);
    assertThat(Owned.controller(pod())).isEmpty();

    StatefulSet next = client.resource(set()).create();
    adopt(deleted);
    assertThat(Owned.controller(pod())).isEmpty();

    adopt(next);
    assertThat(Owned.isOwner(next, pod())).isTrue();
  }

  @Test
  void reportsNothingOfTheOneThatComesAfter() {
    var status = new StatefulSetStatusBuilder().withReplicas(1).withReadyReplicas(1).build();
    assertThatThrownBy(() -> Status.write(client, deleted, status))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(404));

    StatefulSet next = client.resource(set()).create();
    assertThatThrownBy(() -> Status.write(client, deleted, status))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422));

    Status.write(client, next, status);
    assertThat(client.resource(next).get().getStatus().getReadyReplicas()).isEqualTo(1);
  }

  private void adopt(StatefulSet set) {
    Owned.adopt(client, set, set.getSpec().getSelector(), pod -> true);
  }

  private Pod pod() {
    return client.pods().inNamespace("default").withName("store-0").get();
  }

  private static StatefulSet set() {
    Map<String, String> labels = Map.of("app", "store");
    return new StatefulSetBuilder()
        .withNewMetadata()
        .withName("store")
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withServiceName("store")
        .withNewSelector()
        .withMatchLabels(labels)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("store")
        .withImage("store:1")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
