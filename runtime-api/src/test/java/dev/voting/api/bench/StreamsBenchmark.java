package dev.voting.api.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.TestServers;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.redis.RedisServer;
import java.io.BufferedReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How many streams of results one pod bears: opens ever more, commits once a second, and prints how
 * late each was informed, from the commit's own time to the last byte at the client. See
 * docs/api.md for how to run it.
 *
 * <p>System properties: {@code bench.app}, the folder of the jars (target/app); {@code
 * bench.streams}, numbers of streams (5000,10000,19600); {@code bench.seconds} of each (30).
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class StreamsBenchmark {
  private static final Path APP = Path.of(System.getProperty("bench.app", "target/app"));
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bench.seconds", 30));
  private static final String STEPS = System.getProperty("bench.streams", "5000,10000,19600");
  private static final int PER_PROCESS = 10_000;

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
      environment.put("MAX_CONNECTIONS", System.getProperty("bench.connections", "200"));
      environment.put("REDIS_URL", redis.url());
      environment.put("DATABASE_URL", postgres.url());
      try (PodProcess pod = new PodProcess(APP, environment)) {
        while (!get(port, "/ready").contains("\"ready\"")) {
          Thread.sleep(50);
        }
        System.out.println(pod.limits() + "; without streams " + pod.memory());
        Thread.sleep(3_000);
        measure(port, pod, statement);
      }
    } finally {
      TestServers.delete(folder);
    }
  }

  private static void measure(int port, PodProcess pod, Statement statement) throws Exception {
    List<Clients> clients = new ArrayList<>();
    int open = 0;
    try {
      for (String step : STEPS.split(",")) {
        while (open < Integer.parseInt(step)) {
          int more = Math.min(Integer.parseInt(step) - open, PER_PROCESS);
          clients.add(Clients.open(port, more));
          open += more;
        }
        report(clients);
        double processor = pod.processorSeconds();
        long end = System.nanoTime() + TIME.toNanos();
        int commits = 0;
        for (; System.nanoTime() < end && pod.alive(); commits++) {
          statement.execute("SELECT increment_vote('dogs')");
          Thread.sleep(1_000);
        }
        Thread.sleep(2_000);
        System.out.printf(
            Locale.ROOT,
            "%d streams: %d commits, %s; %.0f µs of processor time for each informed; %s%s%n",
            open,
            commits,
            report(clients),
            (pod.processorSeconds() - processor) * 1e6 / commits / open,
            pod.memory(),
            pod.alive() ? "" : "; THE PROCESS ENDED");
      }
    } finally {
      clients.forEach(c -> c.process().destroyForcibly());
    }
  }

  /** What all have noted since the last time. */
  private static String report(List<Clients> clients) throws Exception {
    Histogram late = new Histogram(3_600_000_000L, 3);
    int lost = 0;
    for (Clients some : clients) {
      String[] words = some.ask().split(" ");
      lost += Integer.parseInt(words[0]);
      late.add(
          Histogram.decodeFromByteBuffer(
              ByteBuffer.wrap(Base64.getDecoder().decode(words[1])), 3_600_000_000L));
    }
    return String.format(
        Locale.ROOT,
        "%d informed, median %.0f ms, p99 %.0f ms, worst %.0f ms, %d streams lost",
        late.getTotalCount(),
        late.getValueAtPercentile(50) / 1e3,
        late.getValueAtPercentile(99) / 1e3,
        late.getMaxValue() / 1e3,
        lost);
  }

  /** A process of {@link Viewers}. */
  private record Clients(Process process, BufferedReader out) {
    static Clients open(int port, int count) throws Exception {
      Process process = Viewers.start(port, count);
      Clients clients = new Clients(process, process.inputReader(US_ASCII));
      if (!"open".equals(clients.out().readLine())) {
        throw new IllegalStateException("the viewers could not be opened");
      }
      return clients;
    }

    String ask() throws Exception {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      return out.readLine();
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
