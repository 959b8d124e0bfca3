package dev.voting.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Watches: over WebSocket and over HTTP, filtered, and without a gap after a list. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @AutoClose private final Cluster cluster = new Cluster();
  private final KubernetesClient client = cluster.client();
  private final String namespace = cluster.makeNamespace("watch").getMetadata().getName();

  private ConfigMap config(String name, Map<String, String> labels) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .build();
  }

  @Test
  void anObjectEntersAndLeavesASelection() {
    Queue<String> events = new ConcurrentLinkedQueue<>();
    var selected = client.configMaps().inNamespace(namespace).withLabel("watched", "yes");
    try (Watch _ = selected.watch(new RecordingWatcher(events))) {
      client.resource(config("moving", Map.of("watched", "no"))).create();
      var resource = client.configMaps().inNamespace(namespace).withName("moving");
      resource.edit(c -> label(c, "yes"));
      resource.edit(c -> new ConfigMapBuilder(c).addToData("a", "1").build());
      resource.edit(c -> label(c, "no"));
      resource.edit(c -> label(c, "yes"));
      resource.delete();

      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(events)
                      .containsExactly(
                          "ADDED moving",
                          "MODIFIED moving",
                          "DELETED moving",
                          "ADDED moving",
                          "DELETED moving"));
    }
  }

  private static ConfigMap label(ConfigMap config, String value) {
    return new ConfigMapBuilder(config)
        .editMetadata()
        .addToLabels("watched", value)
        .endMetadata()
        .build();
  }

  @Test
  void aWatchFromAListsRevisionMissesNothing() {
    client.resource(config("before", Map.of("gap", "yes"))).create();
    var selected = client.configMaps().inNamespace(namespace).withLabel("gap", "yes");
    String revision = selected.list().getMetadata().getResourceVersion();
    client.resource(config("between", Map.of("gap", "yes"))).create();
    client.configMaps().inNamespace(namespace).withName("before").delete();

    Queue<String> events = new ConcurrentLinkedQueue<>();
    try (Watch _ = selected.withResourceVersion(revision).watch(new RecordingWatcher(events))) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(events).containsExactly("ADDED between", "DELETED before"));
    }
  }

  @Test
  void anInformerSeesAllOfManyConcurrentWrites() {
    Map<String, String> labels = Map.of("many", "yes");
    Queue<String> deleted = new ConcurrentLinkedQueue<>();
    try (var informer =
        client
            .configMaps()
            .inNamespace(namespace)
            .withLabel("many", "yes")
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(ConfigMap c) {}

                  @Override
                  public void onUpdate(ConfigMap old, ConfigMap now) {}

                  @Override
                  public void onDelete(ConfigMap c, boolean unknown) {
                    deleted.add(c.getMetadata().getName());
                  }
                })) {
      List<String> names = IntStream.range(0, 100).mapToObj(i -> "many-" + i).toList();
      names.parallelStream().forEach(name -> client.resource(config(name, labels)).create());
      names.parallelStream()
          .filter(name -> name.endsWith("7"))
          .forEach(n -> client.configMaps().inNamespace(namespace).withName(n).delete());

      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(informer.getStore().list()).hasSize(90);
                assertThat(deleted).hasSize(10);
              });
    }
  }

  @Test
  @DisabledIfSystemProperty(named = "cluster", matches = "kubeconfig")
  void curlCanWatchToo() throws Exception {
    var url =
        URI.create(
            client.getMasterUrl()
                + "api/v1/namespaces/"
                + namespace
                + "/configmaps?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dstream");
    client.resource(config("stream", Map.of())).create();
    var connection = (HttpURLConnection) url.toURL().openConnection();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("{\"type\":\"ADDED\"").contains("\"stream\"");
      client.configMaps().inNamespace(namespace).withName("stream").delete();
      assertThat(lines.readLine()).startsWith("{\"type\":\"DELETED\"");
      assertThat(lines.readLine()).as("the end, after timeoutSeconds").isNull();
    }
  }
}
