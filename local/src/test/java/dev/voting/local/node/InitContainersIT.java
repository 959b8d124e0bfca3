package dev.voting.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.local.node.config.Addresses;
import dev.voting.local.node.config.Storage;
import dev.voting.local.programs.Children;
import dev.voting.local.programs.Images;
import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import dev.voting.local.programs.images.LocalImages;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an init container keeps from starting, and what it reports, as with a kubelet. */
class InitContainersIT {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: postgres-0
        namespace: shop
        labels: {app.kubernetes.io/component: postgres}
      spec:
        initContainers:
          - name: version
            image: postgres:15
            env: [{name: PGDATA, value: /data/pgdata}]
            volumeMounts: [{name: data, mountPath: /data}]
        containers:
          - name: postgres
            image: server
        volumes:
          - name: data
            persistentVolumeClaim: {claimName: data}
      """;

  @TempDir Path directory;

  private final AtomicInteger starts = new AtomicInteger();
  private InMemoryKubernetes api;
  private KubernetesClient client;
  private Vertx vertx;
  private Children children;
  private Kubelet kubelet;

  @BeforeEach
  void start() throws IOException {
    api = InMemoryKubernetes.start();
    client = api.client();
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName("shop").endMetadata().build())
        .create();
    vertx = Vertx.vertx();
    children = new Children(directory.resolve("children"), Optional.empty());
    var known = new LocalImages(directory, children, vertx);
    kubelet =
        new Kubelet(
            client,
            (image, component) ->
                image.equals("server")
                    ? new Images.Found.Known(new Server())
                    : known.find(image, component),
            new Addresses(),
            new Storage(directory.resolve("claims")),
            directory.resolve("pods"),
            _ -> {});
    kubelet.start();
  }

  @AfterEach
  void stop() {
    kubelet.close();
    children.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    client.close();
    api.close();
  }

  @Test
  void noServerStartsOnDataOfAnotherMajorVersionAndBothAreReported() throws IOException {
    Path version =
        Files.createDirectories(directory.resolve("claims/shop/data/pgdata")).resolve("PG_VERSION");
    Files.writeString(version, "14\n");
    client.resource(Serialization.unmarshal(POD, Pod.class)).create();
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(terminationMessage())
                    .isEqualTo("PostgreSQL 15, data of 14: it cannot read them"));
    assertThat(starts).hasValue(0);
    assertThat(pod().getStatus().getPhase()).isEqualTo("Pending");
    assertThat(condition("Initialized")).isEqualTo("False");
    assertThat(pod().getStatus().getContainerStatuses().getFirst().getState().getWaiting())
        .extracting(waiting -> waiting.getReason())
        .isEqualTo("PodInitializing");

    Files.writeString(version, "15\n");
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(condition("Ready")).isEqualTo("True"));
    assertThat(terminationMessage()).isEqualTo("PostgreSQL 15, data of 15");
    assertThat(pod().getStatus().getInitContainerStatuses())
        .singleElement()
        .matches(status -> status.getReady() && status.getState().getTerminated() != null);
    assertThat(starts).hasValue(1);
  }

  private Pod pod() {
    return client.pods().inNamespace("shop").withName("postgres-0").get();
  }

  private String terminationMessage() {
    var init = pod().getStatus().getInitContainerStatuses().getFirst();
    var end =
        Optional.ofNullable(init.getState().getTerminated())
            .orElseGet(() -> init.getLastState().getTerminated());
    return end.getMessage();
  }

  private String condition(String type) {
    return pod().getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow()
        .getStatus();
  }

  /** Runs until it is terminated. */
  private final class Server implements Program {
    @Override
    public Running start(Launch launch) {
      starts.incrementAndGet();
      var exit = new CompletableFuture<Integer>();
      return new Running() {
        @Override
        public OptionalLong pid() {
          return OptionalLong.empty();
        }

        @Override
        public CompletableFuture<Integer> exit() {
          return exit;
        }

        @Override
        public void terminate() {
          exit.complete(0);
        }

        @Override
        public void kill() {
          exit.complete(137);
        }

        @Override
        public boolean answers(Duration timeout) {
          return true;
        }
      };
    }
  }
}
