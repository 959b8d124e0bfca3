package dev.voting.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.voting.servers.kubernetes.mock.StreamingMockWebServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As somebody else's test uses it, who knows fabric8's mock server. */
@ExtendWith(InMemoryKubernetesExtension.class)
class MockServerTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  private static KubernetesClient ofAllTests;
  private KubernetesMockServer server;
  private KubernetesClient client;

  private static ConfigMap config(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace("default")
        .withName(name)
        .endMetadata()
        .withData(data)
        .build();
  }

  @Test
  void fieldsHaveOwnersBehindFabric8sServer() {
    client.resource(config("a", Map.of("k", "1"))).fieldManager("one").serverSideApply();

    assertThatThrownBy(
            () ->
                client
                    .resource(config("a", Map.of("k", "2")))
                    .fieldManager("two")
                    .serverSideApply())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409))
        .hasMessageContaining("conflict with \"one\"");
  }

  @Test
  void eachTestHasObjectsOfItsOwn() {
    ofAllTests.resource(config("of-all", Map.of())).create();

    assertThat(ofAllTests.configMaps().inNamespace("default").list().getItems()).hasSize(1);
    assertThat(client.configMaps().inNamespace("default").list().getItems()).isEmpty();
  }

  @Test
  void whatATestExpectsComesBeforeWhatIsThere() throws InterruptedException {
    var path = "/api/v1/namespaces/default/configmaps/a";
    var map = client.configMaps().inNamespace("default").withName("a");
    client.resource(config("a", Map.of("k", "there"))).create();
    server
        .expect()
        .get()
        .withPath(path)
        .andReturn(200, config("a", Map.of("k", "expected")))
        .once();

    assertThat(map.get().getData()).containsEntry("k", "expected");
    assertThat(map.get().getData()).containsEntry("k", "there");
    assertThat(server.getLastRequest().getPath()).isEqualTo(path);
    assertThat(client.getKubernetesVersion().getMinor()).isEqualTo("36");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void watchesOfBothKinds(boolean overHttp) {
    var config = new ConfigBuilder(client.getConfiguration()).withOnlyHttpWatches(overHttp).build();
    Queue<String> events = new ConcurrentLinkedQueue<>();
    try (var other = new KubernetesClientBuilder().withConfig(config).build();
        Watch _ = other.configMaps().inNamespace("default").watch(new RecordingWatcher(events))) {
      client.resource(config("a", Map.of())).create();
      client.configMaps().inNamespace("default").withName("a").delete();

      await().atMost(SOON).until(() -> events.size() == 2);
      assertThat(events).containsExactly("ADDED a", "DELETED a");
    }
  }

  @Test
  void fabric8sOwnServerCanHaveItWithoutStreams() throws IOException {
    var plain = server(new MockWebServer(), false);
    Queue<String> events = new ConcurrentLinkedQueue<>();
    try (var other = plain.createClient();
        Watch _ = other.configMaps().inNamespace("default").watch(new RecordingWatcher(events))) {
      other.resource(config("a", Map.of())).serverSideApply();

      await().atMost(SOON).untilAsserted(() -> assertThat(events).containsExactly("ADDED a"));
      var stream = URI.create(plain.url("/api/v1/configmaps?watch=true")).toURL();
      assertThat(((HttpURLConnection) stream.openConnection()).getResponseCode()).isEqualTo(501);
    } finally {
      plain.shutdown();
    }
  }

  @Test
  void speaksTlsAsFabric8sDoes() {
    var secure = server(new StreamingMockWebServer(), true);
    Queue<String> events = new ConcurrentLinkedQueue<>();
    try (var other = secure.createClient();
        Watch _ = other.configMaps().inNamespace("default").watch(new RecordingWatcher(events))) {
      other.resource(config("a", Map.of())).create();

      assertThat(other.getMasterUrl().getProtocol()).isEqualTo("https");
      await().atMost(SOON).untilAsserted(() -> assertThat(events).containsExactly("ADDED a"));
    } finally {
      secure.shutdown();
    }
  }

  private static KubernetesMockServer server(MockWebServer web, boolean https) {
    var server =
        new KubernetesMockServer(
            new Context(), web, new HashMap<>(), new InMemoryKubernetes(), https);
    server.start();
    return server;
  }
}
