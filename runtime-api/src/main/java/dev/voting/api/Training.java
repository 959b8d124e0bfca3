package dev.voting.api;

import dev.voting.runtime.Environment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A short life of the service, for the JVM to learn from: run with {@code -XX:AOTCacheOutput}, it
 * leaves a cache with which {@link Main} starts in less than half the time, and in less memory.
 * docs/api.md has the commands.
 */
public final class Training {
  private static final int ROUNDS = 50;

  private Training() {}

  /**
   * Serves itself some requests and ends. The environment is that of the service, except that the
   * backends may be left out; the better it is trained the more of them are there.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putIfAbsent("REDIS_URL", "redis://127.0.0.1:1");
    environment.putIfAbsent("DATABASE_URL", "postgresql://127.0.0.1:1/votes");
    environment.put("STREAM_NAME", "training");
    environment.put("VOTE_TIMEOUT_MS", "50");
    environment.put("PORT", "0");
    environment.put("METRICS_PORT", "0");
    Settings settings = Settings.from(new Environment(environment));
    settings.logLevel().apply();
    try (ApiService service = new ApiService(settings);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      service.start();
      for (int i = 0; i < ROUNDS; i++) {
        ask(client, service, HttpRequest.newBuilder().GET(), "/ready");
        ask(client, service, HttpRequest.newBuilder().GET(), "/api/results");
        ask(client, service, vote("{\"option\":\"cats\"}"), "/api/vote");
        ask(client, service, vote("{\"option\":\"birds\"}"), "/api/vote");
      }
      ask(client, service, HttpRequest.newBuilder().GET(), "/metrics");
    }
  }

  private static HttpRequest.Builder vote(String body) {
    return HttpRequest.newBuilder()
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  private static void ask(
      HttpClient client, ApiService service, HttpRequest.Builder request, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + service.port() + path);
    client.send(
        request.uri(uri).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.discarding());
  }
}
