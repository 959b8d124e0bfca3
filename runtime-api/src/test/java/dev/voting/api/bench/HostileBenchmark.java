package dev.voting.api.bench;

import dev.voting.api.TestServers;
import dev.voting.api.bench.Flood.Kind;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What hostile clients do to the service on its pod's own limits: stalled uploads, idle
 * connections, streams that nobody reads, one after the other and together. Beside them the
 * kubelet's probe each second, and five votes a second, each on a connection of its own. See
 * docs/api.md for how to run it.
 *
 * <p>System properties: {@code bench.app}, the folder of the jars (target/app); {@code
 * bench.seconds} of each flood (40); {@code bench.probe=PORT} for a service that has no port for
 * probes.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class HostileBenchmark {
  private static final Path APP = Path.of(System.getProperty("bench.app", "target/app"));
  private static final Duration FLOOD = Duration.ofSeconds(Integer.getInteger("bench.seconds", 40));
  private static final String ONLY = System.getProperty("bench.only", "");
  private static final int PROBE_TIMEOUT = 3_000;
  private static final int UPLOADS = 1_000;
  private static final int IDLE = 20_000;
  private static final int DEAF = 5_000;
  private static final String VOTE =
      "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Connection: close\r\nContent-Length: 17\r\n\r\n{\"option\":\"cats\"}";
  private static final String PROBE =
      "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  private final Path folder = TestServers.temporaryFolder();
  private int port;
  private int probePort;

  @Test
  void measures() throws Exception {
    Map<String, List<Kind>> floods = new java.util.LinkedHashMap<>();
    floods.put("1,000 stalled uploads", List.of(Kind.UPLOADS));
    floods.put("20,000 idle connections", List.of(Kind.IDLE));
    floods.put("5,000 deaf streams", List.of(Kind.DEAF));
    floods.put("all together", List.of(Kind.UPLOADS, Kind.IDLE, Kind.DEAF));
    try (RedisServer redis = TestServers.redis(folder.resolve("redis"), "everysec");
        PostgresServer postgres = TestServers.postgres(folder.resolve("postgres"))) {
      try (Connection connection = TestServers.open(postgres.url())) {
        Schema.apply(connection);
      }
      for (Map.Entry<String, List<Kind>> flood : floods.entrySet()) {
        if (!flood.getKey().contains(ONLY)) {
          continue;
        }
        measure(flood.getKey(), flood.getValue(), redis, postgres);
      }
    } finally {
      TestServers.delete(folder);
    }
  }

  private void measure(String name, List<Kind> kinds, RedisServer redis, PostgresServer postgres)
      throws Exception {
    port = freePort();
    probePort = "PORT".equals(System.getProperty("bench.probe")) ? port : freePort();
    Map<String, String> environment = new HashMap<>();
    environment.put("PORT", Integer.toString(port));
    environment.put("METRICS_PORT", Integer.toString(probePort));
    environment.put("REDIS_URL", redis.url());
    environment.put("DATABASE_URL", postgres.url());
    List<Process> processes = new ArrayList<>();
    try (PodProcess pod = new PodProcess(APP, environment)) {
      while (ask(probePort, PROBE, PROBE_TIMEOUT) < 0) {
        org.assertj.core.api.Assertions.assertThat(pod.alive()).isTrue();
        Thread.sleep(50);
      }
      Thread.sleep(3_000);
      print("%s; %s", name, pod.limits());
      watch("before", Duration.ofSeconds(5), pod, postgres);
      for (Kind kind : kinds) {
        int count = kind == Kind.UPLOADS ? UPLOADS : kind == Kind.IDLE ? IDLE : DEAF;
        for (int rest = count; rest > 0; rest -= 5_000) {
          processes.add(Flood.start(kind, Math.min(rest, 5_000), port));
        }
      }
      watch("during", FLOOD, pod, postgres);
      processes.forEach(Process::destroyForcibly);
      watch("after", Duration.ofSeconds(Integer.getInteger("bench.after", 30)), pod, postgres);
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private void watch(String when, Duration time, PodProcess pod, PostgresServer postgres)
      throws Exception {
    double processor = pod.processorSeconds();
    ConcurrentLinkedQueue<Double> votes = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Double> probes = new ConcurrentLinkedQueue<>();
    List<Thread> asking = new ArrayList<>();
    long end = System.nanoTime() + time.toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      asking.add(Thread.ofVirtual().start(() -> votes.add(ask(port, VOTE, 10_000))));
      if (i % 5 == 0) {
        asking.add(
            Thread.ofVirtual().start(() -> probes.add(ask(probePort, PROBE, PROBE_TIMEOUT))));
        // Something to send to the streams.
        try (Connection connection = TestServers.open(postgres.url());
            Statement statement = connection.createStatement()) {
          statement.execute("SELECT increment_vote('dogs')");
        }
      }
      Thread.sleep(200);
    }
    for (Thread thread : asking) {
      thread.join();
    }
    print(
        "  %s: probes %s; votes %s; %.1f s of processor time; %s%s",
        when,
        summary(probes),
        summary(votes),
        pod.processorSeconds() - processor,
        pod.memory(),
        pod.alive() ? "" : "; THE PROCESS ENDED");
  }

  private static String summary(ConcurrentLinkedQueue<Double> millis) {
    List<Double> good = millis.stream().filter(m -> m >= 0).sorted().toList();
    return String.format(
        Locale.ROOT,
        "%d of %d answered, p99 %.0f ms, worst %.0f ms",
        good.size(),
        millis.size(),
        good.isEmpty() ? -1 : good.get((int) (good.size() * 0.99)),
        good.isEmpty() ? -1 : good.getLast());
  }

  /** Milliseconds until it was answered well, or less than nothing. */
  private static double ask(int port, String request, int timeout) {
    long start = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), timeout);
      socket.setSoTimeout(timeout);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] begin = socket.getInputStream().readNBytes(12);
      return new String(begin, StandardCharsets.US_ASCII).matches("HTTP/1.1 20.")
          ? (System.nanoTime() - start) / 1e6
          : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private static void print(String form, Object... values) {
    System.out.printf(Locale.ROOT, form + "%n", values);
  }
}
