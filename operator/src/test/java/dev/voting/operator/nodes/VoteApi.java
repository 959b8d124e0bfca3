package dev.voting.operator.nodes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The vote API as it is reached from outside of any cluster: by the API server's proxy, which
 * chooses among the ready endpoints of the Service, as an ingress controller does.
 */
final class VoteApi implements AutoCloseable {

  private static final Duration DEADLINE = Patience.seconds(5);
  private static final Answer NO_ANSWER =
      new Answer.Unknown("no answer in %d s".formatted(DEADLINE.toSeconds()));

  /**
   * By HTTP/2 each has one connection, for a hundred requests at once: one that waits long costs no
   * other one a connection of its own, of which a small machine cannot make fifty a second.
   */
  private final List<KubernetesClient> clients =
      Stream.generate(Connections::plain).limit(8).toList();

  private final AtomicInteger turn = new AtomicInteger();
  private final String root;

  VoteApi(String namespace) {
    root =
        clients.getFirst().getMasterUrl()
            + "api/v1/namespaces/%s/services/api:8000/proxy/api/".formatted(namespace);
  }

  Answer vote(String option) throws InterruptedException {
    try {
      var response =
          send(
              request("vote")
                  .post("application/json", "{\"option\":\"%s\"}".formatted(option))
                  .build());
      return Answer.of(response.code(), response.body());
    } catch (TimeoutException e) {
      return NO_ANSWER;
    } catch (ExecutionException e) {
      return switch (e.getCause()) {
        case HttpConnectTimeoutException _, ConnectException _ -> new Answer.Unsent();
        case HttpTimeoutException _, TimeoutException _ -> NO_ANSWER;
        default -> new Answer.Unknown("connection broken");
      };
    }
  }

  /**
   * How many votes are counted.
   *
   * @return empty when nobody knows at the moment, or what is known may be old
   */
  OptionalLong total() throws InterruptedException {
    try {
      var response = send(request("results").build());
      if (response.code() != 200 || response.header("Warning") != null) {
        return OptionalLong.empty();
      }
      var results = Serialization.unmarshal(response.body(), Map.class);
      return OptionalLong.of(((Number) results.get("total")).longValue());
    } catch (TimeoutException | ExecutionException | KubernetesClientException e) {
      return OptionalLong.empty();
    }
  }

  private HttpClient next() {
    return clients.get(Math.floorMod(turn.getAndIncrement(), clients.size())).getHttpClient();
  }

  private HttpRequest.Builder request(String path) {
    return clients
        .getFirst()
        .getHttpClient()
        .newHttpRequestBuilder()
        .uri(root + path)
        .timeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The deadline holds to the answer's last byte. */
  private HttpResponse<String> send(HttpRequest request)
      throws InterruptedException, TimeoutException, ExecutionException {
    var response = next().sendAsync(request, String.class);
    try {
      return response.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      response.cancel(true);
    }
  }

  @Override
  public void close() {
    clients.forEach(KubernetesClient::close);
  }
}
