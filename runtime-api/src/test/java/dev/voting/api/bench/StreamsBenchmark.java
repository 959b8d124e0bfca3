package dev.voting.api.bench;

import dev.voting.api.TestServers;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.redis.RedisServer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How many streams of results one pod bears: opens ever more, commits once a second, and prints how
 * late each was told, from the commit's own time to the last byte at the client. See docs/api.md
 * for how to run it.
 *
 * <p>System properties: {@code bench.app}, the folder of the jars (target/app); {@code
 * bench.streams}, numbers of streams (5000,10000,20000); {@code bench.seconds} of each (30).
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class StreamsBenchmark {
  private static final Path APP = Path.of(System.getProperty("bench.app", "target/app"));
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bench.seconds", 30));
  private static final String STEPS = System.getProperty("bench.streams", "5000,10000,20000");

  private final Path folder = TestServers.temporaryFolder();

  @Test
  void measures() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (RedisServer redis = TestServers.redis(folder.resolve("redis"), "everysec");
        PostgresServer postgres = TestServers.postgres(folder.resolve("postgres"));
        Connection connection = TestServers.open(postgres.url());
        Statement statement = connection.createStatement()) {
      Schema.apply(connection);
      connection.setAutoCommit(true);
      Map<String, String> environment = new HashMap<>();
      environment.put("PORT", Integer.toString(port));
      environment.put("METRICS_PORT", "0");
      environment.put("MAX_CONNECTIONS", System.getProperty("bench.connections", "1000"));
      environment.put("REDIS_URL", redis.url());
      environment.put("DATABASE_URL", postgres.url());
      try (PodProcess pod = new PodProcess(APP, environment)) {
        while (!get(port, "/ready").contains("\"ready\"")) {
          Thread.sleep(50);
        }
        System.out.println(pod.limits() + "; without streams " + pod.memory());
        int open = 0;
        try (Viewers viewers = new Viewers(port)) {
          for (String step : STEPS.split(",")) {
            viewers.open(Integer.parseInt(step) - open);
            open = Integer.parseInt(step);
            viewers.reset();
            long end = System.nanoTime() + TIME.toNanos();
            int commits = 0;
            while (System.nanoTime() < end && pod.alive()) {
              statement.execute("SELECT increment_vote('dogs')");
              commits++;
              Thread.sleep(1_000);
            }
            Thread.sleep(2_000);
            System.out.printf(
                Locale.ROOT,
                "%d streams: %d commits, %s; %s%s%n",
                open,
                commits,
                viewers.report(),
                pod.memory(),
                pod.alive() ? "" : "; THE PROCESS ENDED");
            if (!pod.alive()) {
              break;
            }
          }
        }
      }
    } finally {
      TestServers.delete(folder);
    }
  }

  private static String get(int port, String path) throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              BodyHandlers.ofString())
          .body();
    } catch (java.io.IOException e) {
      return "";
    }
  }
}
