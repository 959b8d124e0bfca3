package dev.voting.api.bench;

import dev.voting.api.TestServers;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How long the process takes from its start to being ready, and what it holds then, with the flags
 * that the operator gives it, without and with the cache that the build makes. See docs/api.md.
 */
class StartBenchmark {
  private static final int STARTS = Integer.getInteger("bench.starts", 5);
  private static final Duration IDLE = Duration.ofSeconds(5);

  /** The operator's; a container of 512 MiB would have as much heap. */
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms24m",
          "-XX:MaxRAM=512m",
          "-XX:MaxRAMPercentage=50",
          "-XX:MinHeapFreeRatio=20",
          "-XX:MaxHeapFreeRatio=40",
          "-XX:-ShrinkHeapInSteps",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError");

  @Test
  void measures() throws Exception {
    Path folder = TestServers.temporaryFolder();
    try (RedisServer redis = TestServers.redis(folder.resolve("redis"), "everysec");
        PostgresServer postgres = TestServers.postgres(folder.resolve("postgres"))) {
      try (Connection connection = TestServers.open(postgres.url())) {
        Schema.apply(connection);
      }
      Map<String, String> environment =
          Map.of("REDIS_URL", redis.url(), "DATABASE_URL", postgres.url());
      measure("without a cache", List.of(), environment);
      measure("with the build's cache", List.of("-XX:AOTCache=target/app.aot"), environment);
    } finally {
      TestServers.delete(folder);
    }
  }

  private static void measure(String name, List<String> more, Map<String, String> environment)
      throws Exception {
    List<Double> seconds = new ArrayList<>();
    List<Double> processor = new ArrayList<>();
    long resident = 0;
    for (int i = 0; i < STARTS; i++) {
      int port;
      try (ServerSocket free = new ServerSocket(0)) {
        port = free.getLocalPort();
      }
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(FLAGS);
      command.addAll(more);
      command.addAll(List.of("-cp", Path.of("target", "app") + "/*", "dev.voting.api.Main"));
      ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
      builder.environment().putAll(environment);
      builder.environment().put("PORT", Integer.toString(port));
      builder.environment().put("METRICS_PORT", "0");
      builder.environment().put("LOG_LEVEL", "warn");
      long start = System.nanoTime();
      Process process = builder.start();
      try {
        while (!ready(port)) {
          Thread.sleep(2);
        }
        seconds.add((System.nanoTime() - start) / 1e9);
        processor.add(process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3);
        if (i == STARTS - 1) {
          Thread.sleep(IDLE);
          resident = Resident.mebibytes(process);
        }
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
    Collections.sort(seconds);
    Collections.sort(processor);
    System.out.printf(
        Locale.ROOT,
        "%-24s start to ready: median %.2f s, worst %.2f s, processor time %.2f s;"
            + " resident when idle %d MiB%n",
        name,
        seconds.get(seconds.size() / 2),
        seconds.getLast(),
        processor.get(processor.size() / 2),
        resident);
  }

  /** Asked over a plain socket: a client of its own would take longer to load than the service. */
  private static boolean ready(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request = "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return answer.startsWith("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }
}
