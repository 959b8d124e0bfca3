package dev.voting.api;

import static org.awaitility.Awaitility.await;

import dev.voting.runtime.Environment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.StreamEntry;

/** The service in this JVM on a free port, with its own stream, and a client for it. */
public final class TestApi implements AutoCloseable {
  private static final AtomicInteger STREAMS = new AtomicInteger();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Settings settings;
  private final ApiService service;

  private TestApi(Map<String, String> environment, Clock clock) {
    this.settings = Settings.from(new Environment(environment));
    this.service = new ApiService(settings, clock);
    service.start();
  }

  /**
   * Starts the service.
   *
   * @param more variables beside those of the backends, by name and value in turn
   */
  public static TestApi start(String redisUrl, String databaseUrl, String... more) {
    return start(Clock.systemUTC(), redisUrl, databaseUrl, more);
  }

  /** The same on a machine with another clock. */
  static TestApi start(Clock clock, String redisUrl, String databaseUrl, String... more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PORT", "0");
    environment.put("METRICS_PORT", "0");
    environment.put("REDIS_URL", redisUrl);
    environment.put("DATABASE_URL", databaseUrl);
    environment.put("STREAM_NAME", "votes" + STREAMS.incrementAndGet());
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return new TestApi(environment, clock);
  }

  public int port() {
    return service.port();
  }

  public int metricsPort() {
    return service.metricsPort();
  }

  public String stream() {
    return settings.stream();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** A request with that body, if any, as JSON; headers by name and value in turn. */
  public HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path, null);
  }

  public HttpResponse<String> vote(String option, String... headers)
      throws IOException, InterruptedException {
    return send("POST", "/api/vote", "{\"option\":\"" + option + "\"}", headers);
  }

  /** All entries of the stream, oldest first. */
  public List<StreamEntry> entries() {
    try (Jedis redis = redis()) {
      return redis.xrange(stream(), "-", "+");
    }
  }

  /** A connection of the test's own to the service's Redis. */
  public Jedis redis() {
    return new Jedis(
        new Connection(settings.redis().address(), settings.redis().clientConfig().build()));
  }

  /** Waits until the service and all that it depends on answer. */
  TestApi awaitReady() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              HttpResponse<String> ready = get("/ready");
              return ready.statusCode() == 200 && ready.body().contains("\"postgres\":\"ok\"");
            });
    return this;
  }

  /** Ends the service as SIGTERM does, while its clients are still there. */
  void end() {
    service.close();
  }

  static Optional<String> header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name);
  }

  @Override
  public void close() {
    end();
    client.close();
  }
}
