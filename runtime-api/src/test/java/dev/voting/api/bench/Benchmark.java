package dev.voting.api.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.TestServers;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/**
 * How many votes a second the service takes, beside what the same process does without Redis and
 * the same Redis does without the service. Prints ratios. See docs/api.md for how to run it.
 *
 * <p>System properties: {@code bench.rounds} (5), {@code bench.seconds} each (5), {@code
 * bench.streams} (5000), {@code bench.soak} in seconds (60).
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class Benchmark {
  private static final int CONNECTIONS = 64;
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
  private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("bench.seconds", 5));
  private static final int STREAMS = Integer.getInteger("bench.streams", 5_000);
  private static final Duration SOAK = Duration.ofSeconds(Integer.getInteger("bench.soak", 60));

  private static final String VOTE = "{\"option\":\"cats\"}";

  private final Path folder = TestServers.temporaryFolder();
  private RedisServer redis;
  private PostgresServer postgres;
  private Process service;
  private int port;

  @BeforeEach
  void start() throws Exception {
    redis = TestServers.redis(folder.resolve("redis"), "everysec");
    postgres = TestServers.postgres(folder.resolve("postgres"));
    try (Connection connection = TestServers.open(postgres.url())) {
      Schema.apply(connection);
    }
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-cp",
            Path.of("target", "app") + "/*",
            "dev.voting.api.Main");
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().put("METRICS_PORT", "0");
    builder.environment().put("REDIS_URL", redis.url());
    builder.environment().put("DATABASE_URL", postgres.url());
    builder.inheritIO();
    service = builder.start();
    while (get("/ready").isEmpty()) {
      Thread.sleep(20);
    }
  }

  @AfterEach
  void stop() throws Exception {
    service.destroy();
    service.waitFor();
    redis.close();
    postgres.close();
    TestServers.delete(folder);
  }

  @Test
  void measures() throws Exception {
    print("idle: resident %d MiB", Resident.mebibytes(service));
    Map<String, LoadGenerator> loads = new LinkedHashMap<>();
    loads.put("(a) a constant, GET /health", http("GET /health", "", 200));
    loads.put("(b) XADD without the service", xadd());
    loads.put("votes, POST /api/vote", http("POST /api/vote", VOTE, 201));
    loads.put("results, GET /api/results", http("GET /api/results", "", 200));
    for (LoadGenerator load : loads.values()) {
      load.closed(CONNECTIONS, ROUND.multipliedBy(2)); // warms both JVMs
    }
    Map<String, List<LoadGenerator.Report>> reports = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, LoadGenerator> load : loads.entrySet()) {
        reports
            .computeIfAbsent(load.getKey(), k -> new ArrayList<>())
            .add(load.getValue().closed(CONNECTIONS, ROUND));
        emptyStream();
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    reports.forEach((name, all) -> medians.put(name, median(all)));
    List<Double> values = List.copyOf(medians.values());
    medians.forEach(
        (name, perSecond) ->
            print(
                "%-32s %7.0f/s  %.2f of (a)  %.2f of (b)",
                name, perSecond, perSecond / values.get(0), perSecond / values.get(1)));
    assertThat(reports.values())
        .allSatisfy(all -> assertThat(all).allSatisfy(r -> assertThat(r.errors()).isZero()));

    double half = values.get(2) / 2;
    LoadGenerator.Report paced =
        loads.get("votes, POST /api/vote").paced(CONNECTIONS, ROUND.multipliedBy(2), half);
    print(
        "votes at half of that, %.0f/s: median %.1f ms, p99 %.1f ms, p99.9 %.1f ms",
        paced.perSecond(),
        paced.latency().getValueAtPercentile(50) / 1000.0,
        paced.p99Millis(),
        paced.latency().getValueAtPercentile(99.9) / 1000.0);
    emptyStream();
    streams();
    soak(loads.get("votes, POST /api/vote"), half);
  }

  private static double median(List<LoadGenerator.Report> reports) {
    List<Double> sorted = reports.stream().map(LoadGenerator.Report::perSecond).sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private LoadGenerator http(String line, String body, int status) {
    String request =
        line
            + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: benchmark\r\n"
            + (body.isEmpty()
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n")
            + "\r\n"
            + body;
    return new LoadGenerator(port, request.getBytes(US_ASCII), new LoadGenerator.Http(status));
  }

  /** The fields that the service writes, one entry a round trip, as redis-benchmark would. */
  private LoadGenerator xadd() {
    String password = URI.create(redis.url()).getUserInfo().substring(1);
    return new LoadGenerator(
        redis.port(),
        command(
            "XADD",
            "benchmark",
            "*",
            "option",
            "cats",
            "timestamp",
            "1767225600000",
            "source_ip",
            "127.0.0.1",
            "user_agent",
            "benchmark"),
        new LoadGenerator.Redis(),
        command("AUTH", password));
  }

  private static byte[] command(String... words) {
    StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      command.append("$" + word.length() + "\r\n" + word + "\r\n");
    }
    return command.toString().getBytes(US_ASCII);
  }

  /** What the consumer does all the time. */
  private void emptyStream() {
    try (Jedis admin = new Jedis(URI.create(redis.url()))) {
      admin.xtrim("votes", 0, false);
      admin.xtrim("benchmark", 0, false);
    }
  }

  /** Opens very many streams, and sees how long a commit takes to reach them all. */
  private void streams() throws Exception {
    byte[] request =
        "GET /api/results/stream HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
    try (Selector selector = Selector.open();
        Connection connection = TestServers.open(postgres.url());
        Statement statement = connection.createStatement()) {
      List<SocketChannel> channels = new ArrayList<>();
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      for (int i = 0; i < STREAMS; i++) {
        SocketChannel channel = SocketChannel.open(address);
        channels.add(channel);
        channel.write(ByteBuffer.wrap(request));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
      }
      readAll(selector, "\"total\":0", STREAMS);
      List<Double> last = new ArrayList<>();
      for (int i = 1; i <= 10; i++) {
        statement.execute("SELECT increment_vote('dogs')");
        long committed = System.nanoTime();
        readAll(selector, "\"total\":" + i + ",", STREAMS);
        last.add((System.nanoTime() - committed) / 1e6);
        Thread.sleep(500);
      }
      last.sort(Double::compare);
      print(
          "%d open streams: each commit sent to all within %.0f ms (median), %.0f ms (worst);"
              + " heap in use %d MiB of 256, resident %d MiB",
          STREAMS, last.get(5), last.getLast(), heapMebibytes(), Resident.mebibytes(service));
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
  }

  /** Reads until so many connections have shown that text; each shows it once. */
  private static void readAll(Selector selector, String text, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8 * 1024);
    int seen = 0;
    while (seen < count) {
      if (selector.select(30_000) == 0) {
        throw new IOException("only " + seen + " of " + count + " streams were informed");
      }
      for (SelectionKey key : selector.selectedKeys()) {
        buffer.clear();
        int read = ((SocketChannel) key.channel()).read(buffer);
        if (read < 0) {
          throw new IOException("the service has ended a stream");
        }
        if (new String(buffer.array(), 0, read, US_ASCII).contains(text)) {
          seen++;
        }
      }
      selector.selectedKeys().clear();
    }
  }

  /** Votes for a long time, to see whether anything grows. */
  private void soak(LoadGenerator votes, double perSecond) throws Exception {
    int steps = 6;
    for (int i = 1; i <= steps; i++) {
      LoadGenerator.Report report = votes.paced(CONNECTIONS, SOAK.dividedBy(steps), perSecond);
      emptyStream();
      print(
          "after %3d s of %.0f votes/s: heap in use %d MiB, resident %d MiB, %d errors",
          SOAK.dividedBy(steps).multipliedBy(i).toSeconds(),
          report.perSecond(),
          heapMebibytes(),
          Resident.mebibytes(service),
          report.errors());
    }
  }

  private long heapMebibytes() throws Exception {
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(service.pid()),
            "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    double bytes = 0;
    Matcher used =
        Pattern.compile("\njvm_memory_used_bytes\\{area=\"heap\"[^}]*} (\\S+)")
            .matcher(get("/metrics"));
    while (used.find()) {
      bytes += Double.parseDouble(used.group(1));
    }
    return Math.round(bytes / 1024 / 1024);
  }

  /** The body of a good answer, or nothing. */
  private String get(String path) throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      var response = client.send(request, BodyHandlers.ofString());
      return response.statusCode() == 200 ? response.body() : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static void print(String form, Object... values) {
    System.out.printf(Locale.ROOT, form + "%n", values);
  }
}
