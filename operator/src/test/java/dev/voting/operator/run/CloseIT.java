package dev.voting.operator.run;

import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.http.Clients;
import dev.voting.operator.http.SilentProxy;
import dev.voting.servers.kubernetes.InMemoryKubernetes;
import dev.voting.servers.kubernetes.http.RecordedRequest;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** The operator ends when it is asked to, whatever the API server does. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class CloseIT {

  @Test
  void whileTheNetworkIsLostAmidWrites() throws IOException {
    try (var kubernetes = InMemoryKubernetes.start();
        var direct = kubernetes.client();
        var proxy = new SilentProxy(URI.create(kubernetes.url()).getPort());
        var client =
            // With deadlines that the test would not live to see.
            Clients.of(
                new ConfigBuilder(Config.empty())
                    .withMasterUrl(proxy.url())
                    .withRequestTimeout((int) Duration.ofHours(1).toMillis())
                    .build())) {
      direct.resource(VotingAppCrd.read()).create();
      var operator = VotingAppOperator.start(client, _ -> {});
      var silent = new AtomicBoolean();
      kubernetes.failNext(
          request -> {
            if (isFirstOfAStage(request)) {
              proxy.fallSilent();
              silent.set(true);
            }
            return false;
          },
          1,
          500);
      var app = new VotingApp();
      app.getMetadata().setName("any");
      direct.resource(app).create();
      await().atMost(Duration.ofSeconds(30)).untilTrue(silent);
      operator.close();
    }
  }

  private static boolean isFirstOfAStage(RecordedRequest request) {
    return request.method().equals("PATCH") && request.path().contains("/configmaps/");
  }
}
