package dev.voting.servers.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.voting.servers.kubernetes.http.RecordedRequest;
import dev.voting.servers.kubernetes.http.RequestLog;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What this server offers beyond a real one: records, faults, logs and a kubeconfig. */
class InMemoryKubernetesTest {

  private InMemoryKubernetes kubernetes;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    kubernetes = InMemoryKubernetes.start();
    client = kubernetes.client();
  }

  @AfterEach
  void stop() {
    client.close();
    kubernetes.close();
  }

  private static ConfigMap config(String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("default")
        .withName(name)
        .endMetadata()
        .build();
  }

  @Test
  void requestsAreRecordedUntilTheRecordIsClosed() {
    RequestLog log = kubernetes.record();
    client.resource(config("a")).fieldManager("me").serverSideApply();
    client.configMaps().inNamespace("default").list();

    assertThat(log.all())
        .extracting(RecordedRequest::method, RecordedRequest::path, RecordedRequest::fieldManager)
        .contains(tuple("PATCH", "/api/v1/namespaces/default/configmaps/a", "me"));
    assertThat(log.all()).filteredOn(RecordedRequest::isWrite).hasSize(1);
    log.close();
    client.configMaps().inNamespace("default").list();
    assertThat(log.all()).hasSize(2);
  }

  @Test
  void listsComeInPagesIfAskedFor() {
    for (var name : List.of("a", "b", "c", "d", "e")) {
      client.resource(config(name)).create();
    }
    var maps = client.configMaps().inNamespace("default");
    var first = maps.list(new ListOptionsBuilder().withLimit(2L).build());
    client.resource(config("f")).create();
    var second =
        maps.list(
            new ListOptionsBuilder()
                .withLimit(2L)
                .withContinue(first.getMetadata().getContinue())
                .build());
    var third =
        maps.list(
            new ListOptionsBuilder().withContinue(second.getMetadata().getContinue()).build());

    assertThat(List.of(first, second, third))
        .extracting(
            page -> page.getItems().stream().map(map -> map.getMetadata().getName()).toList())
        .containsExactly(List.of("a", "b"), List.of("c", "d"), List.of("e", "f"));
    assertThat(third.getMetadata().getContinue()).isNullOrEmpty();
    assertThat(third.getMetadata().getResourceVersion())
        .as("a watch from there on reports what came between the pages")
        .isEqualTo(first.getMetadata().getResourceVersion());
  }

  @Test
  void requestsCanBeMadeToFail() {
    kubernetes.failNext(r -> r.path().endsWith("/configmaps"), 1, 403);

    assertThatThrownBy(() -> client.resource(config("a")).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
    assertThat(client.resource(config("a")).create().getMetadata().getName()).isEqualTo("a");
  }

  private void createPod() {
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("p")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .build())
        .create();
  }

  @Test
  void aLogIsFollowedUntilItsPodIsGone() throws Exception {
    AtomicReference<String> log = new AtomicReference<>("one\ntwo\n");
    kubernetes.podLogs(
        (namespace, pod, options) ->
            options.containsKey("tailLines")
                ? log.get().substring(log.get().lastIndexOf('\n', log.get().length() - 2) + 1)
                : log.get());
    createPod();
    var pod = client.pods().inNamespace("default").withName("p");
    try (LogWatch watch = pod.tailingLines(1).watchLog();
        var lines = new BufferedReader(new InputStreamReader(watch.getOutput(), UTF_8))) {
      assertThat(lines.readLine()).isEqualTo("two");
      log.set("one\ntwo\nthree\n");
      assertThat(lines.readLine()).isEqualTo("three");
      log.set("again\n");
      assertThat(lines.readLine()).as("of a container that was started again").isEqualTo("again");
      pod.withGracePeriod(0).delete();
      assertThat(lines.readLine()).as("the end").isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec", "attach", "portforward"})
  void saysThatThereIsNoContainerToEnter(String way) {
    createPod();
    var once = new ConfigBuilder(client.getConfiguration()).withRequestRetryBackoffLimit(0).build();
    try (var impatient = new KubernetesClientBuilder().withConfig(once).build()) {
      assertThatThrownBy(() -> impatient.raw("/api/v1/namespaces/default/pods/p/" + way))
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(501))
          .hasMessageContaining("no containers behind it, so there is no " + way);
    }
  }

  @Test
  void logsComeFromWhoKnows() {
    kubernetes.podLogs((namespace, pod, options) -> namespace + "/" + pod + " said hello\n");
    createPod();

    assertThat(client.pods().inNamespace("default").withName("p").getLog())
        .isEqualTo("default/p said hello\n");
  }

  @Test
  void aKubeconfigLeadsHere(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("config");
    kubernetes.writeKubeconfig(file);

    Config config = Config.fromKubeconfig(Files.readString(file));

    try (var other = new KubernetesClientBuilder().withConfig(config).build()) {
      assertThat(other.namespaces().withName("default").get().getStatus().getPhase())
          .isEqualTo("Active");
    }
  }

  @Test
  void aTakenPortIsNamed() {
    int port = URI.create(kubernetes.url()).getPort();

    assertThatThrownBy(() -> InMemoryKubernetes.listen(port))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("127.0.0.1:" + port);
  }

  @Test
  void manyObjectsOfOneKindDoNotSlowEachOtherDown() {
    Duration few = fastestOfThree(0);
    for (int i = 1000; i < 2000; i++) {
      client.resource(config("many-" + i)).serverSideApply();
    }
    Duration many = fastestOfThree(500);

    // Ten times as many objects; a look through all of them would take about ten times as long.
    assertThat(many).isLessThan(few.multipliedBy(3));
  }

  /** The fastest, because what else this machine does must not count. */
  private Duration fastestOfThree(int from) {
    return Stream.iterate(from, i -> i + 50)
        .limit(3)
        .map(
            start -> {
              long began = System.nanoTime();
              for (int i = start; i < start + 50; i++) {
                client.resource(config("many-" + i)).serverSideApply();
              }
              return Duration.ofNanos(System.nanoTime() - began);
            })
        .min(Duration::compareTo)
        .orElseThrow();
  }
}
