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
 * Records an ahead-of-time cache: with {@code -XX:AOTCacheOutput}, the JVM writes a cache with
 * which {@link Main} starts in less than half the time, and in less memory. docs/api.md has the
 * commands.
 */
public final class AotWarmUp {
  private static final int ROUNDS = 50;

  private AotWarmUp() {}

  /**
   * Serves itself some requests and ends. The environment is that of the service. Redis and
   * PostgreSQL are optional; with them the cache covers more.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putIfAbsent("REDIS_URL", "redis://127.0.0.1:1");
    environment.putIfAbsent("DATABASE_URL", "postgresql://127.0.0.1:1/votes");
    environment.put("STREAM_NAME", "warm-up");
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
