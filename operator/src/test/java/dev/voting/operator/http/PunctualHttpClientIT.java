package dev.voting.operator.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.voting.operator.http.BreakingServer.Break;
import dev.voting.operator.http.BreakingServer.Phase;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing that a server does keeps a request, or a watch, waiting for ever. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class PunctualHttpClientIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private static final Set<Break> OF_HTTP1 = EnumSet.of(Break.STALL, Break.CLOSE, Break.RESET);

  private static Stream<Arguments> exchanges() {
    return Stream.of(false, true)
        .flatMap(
            http2 ->
                Stream.of(Phase.values())
                    .flatMap(
                        phase ->
                            Stream.of(Break.values())
                                .filter(how -> http2 || OF_HTTP1.contains(how))
                                .map(how -> Arguments.of(http2, phase, how))));
  }

  @ParameterizedTest(name = "HTTP/2 {0}, {1}: {2}")
  @MethodSource("exchanges")
  void everyRequestEndsWhateverBecomesOfItsAnswer(boolean http2, Phase phase, Break how)
      throws IOException {
    try (var server = new BreakingServer(http2, phase, how);
        var client = Clients.of(config(server.url(), http2, 200))) {
      // On a busy machine even a whole answer may take longer than the limit, so until one does
      // not.
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(() -> read(client).getMetadata().getName().equals("any"));
      server.breakAnswers();
      assertThatThrownBy(() -> read(client))
          .isInstanceOf(KubernetesClientException.class)
          .hasFieldOrPropertyWithValue("status", null);
    }
  }

  @Test
  void whatIsLateSaysWhatItWasAndForHowLong() throws IOException {
    try (var server = new BreakingServer(false, Phase.AMID_THE_BODY, Break.STALL);
        var client = Clients.of(config(server.url(), false, 1_000))) {
      server.breakAnswers();
      assertThatThrownBy(() -> read(client))
          .hasMessageContaining(
              "GET /api/v1/namespaces/a/configmaps/any was not answered to the end within 1 s")
          .hasRootCauseInstanceOf(HttpTimeoutException.class);
    }
  }

  @Test
  void aWatchWhoseConnectionWasLostWithoutAWordIsBegunAgain() throws IOException {
    try (var kubernetes = InMemoryKubernetes.start();
        var proxy = new SilentProxy(URI.create(kubernetes.url()).getPort());
        var client = pinging(proxy)) {
      var informer = informer(client);
      proxy.fallSilentOnThoseOpen();
      create(kubernetes, "a");
      await().atMost(SOON).until(() -> names(informer).equals(List.of("a")));
    }
  }

  private static SharedIndexInformer<ConfigMap> informer(KubernetesClient client) {
    return client.configMaps().inNamespace("default").inform();
  }

  private static List<String> names(SharedIndexInformer<ConfigMap> informer) {
    return informer.getStore().list().stream().map(map -> map.getMetadata().getName()).toList();
  }

  private static void create(InMemoryKubernetes kubernetes, String name) {
    try (var direct = kubernetes.client()) {
      direct
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withNamespace("default")
                  .withName(name)
                  .endMetadata()
                  .build())
          .create();
    }
  }

  private static KubernetesClient pinging(SilentProxy proxy) {
    return new KubernetesClientBuilder()
        .withConfig(new ConfigBuilder(Config.empty()).withMasterUrl(proxy.url()).build())
        .withHttpClientFactory(new PunctualHttpClientFactory(Duration.ofMillis(500)))
        .build();
  }

  private static Config config(String url, boolean http2, int millis) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(url)
        .withHttp2Disable(!http2)
        .withRequestTimeout(millis)
        .withRequestRetryBackoffInterval(10)
        .build();
  }

  private static ConfigMap read(KubernetesClient client) {
    return client.configMaps().inNamespace("a").withName("any").get();
  }
}
