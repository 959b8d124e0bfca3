package dev.voting.api.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.TestPoll;
import dev.voting.api.TestServers;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/**
 * What a poll costs: votes a second for cats and dogs, with a poll, and with ballots per Browser,
 * in turn, by one service each with the same Redis. Prints ratios; they are medians of those of
 * each round, so that what else the machine does meanwhile concerns all alike. The processor time
 * of a vote, in the service and in Redis, hardly depends on that. See docs/api.md for how to run
 * it.
 *
 * <p>System properties: {@code bench.rounds} (9), {@code bench.seconds} each (4), {@code
 * bench.warm} votes of each kind before (150000).
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class PollBenchmark {
  private static final int CONNECTIONS = 64;
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 9);
  private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("bench.seconds", 4));
  private static final int WARM = Integer.getInteger("bench.warm", 150_000);
  private static final String COOKIE = "Cookie: voting-ballot=AAAAAAAAAAAAAAAAAAAAAA\r\n";

  private final Path folder = TestServers.temporaryFolder();
  private final RedisServer redis = TestServers.redis(folder.resolve("redis"), "everysec");
  private final PostgresServer postgres = TestServers.postgres(folder.resolve("postgres"));
  private final Map<Integer, Process> services = new LinkedHashMap<>();

  /**
   * What was measured of one kind of vote.
   *
   * @param perSecond votes
   * @param ofPlain the same as a part of those for cats and dogs in that round
   * @param service its processor time for each, in microseconds
   * @param server the same of Redis
   */
  private record Run(double perSecond, double ofPlain, double service, double server) {}

  /** Votes of one kind, and the service that they are for. */
  private record Load(LoadGenerator votes, Process service) {}

  @AfterEach
  void stop() throws Exception {
    for (Process service : services.values()) {
      service.destroy();
      service.waitFor();
    }
    redis.close();
    postgres.close();
    TestServers.delete(folder);
  }

  @Test
  void measures() throws Exception {
    try (Connection connection = TestServers.open(postgres.url())) {
      Schema.apply(connection);
    }
    TestPoll lunch = TestPoll.of("pizza", "salad", "soup", "cake").closes(4_000_000_000L);
    Map<String, Load> loads = new LinkedHashMap<>();
    loads.put("cats and dogs", votes(start("plain", null), "cats", ""));
    loads.put("a poll", votes(start("poll", lunch), "pizza", ""));
    int browser = start("browser", lunch.perBrowser(true));
    loads.put("ballots per Browser", votes(browser, "pizza", COOKIE));
    loads.put("the first of each browser", votes(browser, "pizza", ""));
    for (Load load : loads.values()) {
      warm(load);
    }
    Map<String, List<Run>> runs = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      double plain = 0;
      for (Map.Entry<String, Load> load : loads.entrySet()) {
        Run run = run(load.getValue(), plain);
        plain = plain == 0 ? run.perSecond() : plain;
        runs.computeIfAbsent(load.getKey(), n -> new ArrayList<>()).add(run);
      }
    }
    double plain = processor(runs.values().iterator().next());
    runs.forEach((name, all) -> print(name, all, plain));
  }

  /**
   * By the number of votes, so that each JVM has compiled the same, however busy the machine is.
   */
  private void warm(Load load) throws IOException {
    for (long votes = 0; votes < WARM; ) {
      votes += load.votes().closed(CONNECTIONS, ROUND).answers();
      emptyStreams();
    }
  }

  private Run run(Load load, double plain) throws IOException {
    double service = seconds(load.service());
    double server = redisSeconds();
    LoadGenerator.Report report = load.votes().closed(CONNECTIONS, ROUND);
    assertThat(report.errors()).isZero();
    double micros = 1e6 / report.answers();
    Run run =
        new Run(
            report.perSecond(),
            plain == 0 ? 1 : report.perSecond() / plain,
            (seconds(load.service()) - service) * micros,
            (redisSeconds() - server) * micros);
    emptyStreams();
    return run;
  }

  private static double seconds(Process service) {
    return service.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  private double redisSeconds() {
    try (Jedis admin = new Jedis(URI.create(redis.url()))) {
      return admin
          .info("cpu")
          .lines()
          .filter(line -> line.matches("used_cpu_(sys|user):.*"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1).strip()))
          .sum();
    }
  }

  private static void print(String name, List<Run> runs, double plain) {
    System.out.printf(
        Locale.ROOT,
        "%-26s %6.0f votes/s, %.2f of cats and dogs (%.2f to %.2f); by processor time %.2f:"
            + " %.1f µs a vote, and %.1f µs of Redis%n",
        name,
        median(runs, Run::perSecond),
        median(runs, Run::ofPlain),
        runs.stream().mapToDouble(Run::ofPlain).min().orElseThrow(),
        runs.stream().mapToDouble(Run::ofPlain).max().orElseThrow(),
        plain / processor(runs),
        median(runs, Run::service),
        median(runs, Run::server));
  }

  private static double processor(List<Run> runs) {
    return median(runs, run -> run.service() + run.server());
  }

  private static double median(List<Run> runs, ToDoubleFunction<Run> value) {
    return runs.stream().mapToDouble(value).sorted().toArray()[runs.size() / 2];
  }

  /** Starts a service with a stream of its own, and returns its port. */
  private int start(String stream, TestPoll poll) throws Exception {
    int port;
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
    Map<String, String> environment = builder.environment();
    environment.put("PORT", Integer.toString(port));
    environment.put("METRICS_PORT", "0");
    environment.put("REDIS_URL", redis.url());
    environment.put("DATABASE_URL", postgres.url());
    environment.put("STREAM_NAME", stream);
    if (poll != null) {
      try (Jedis admin = new Jedis(URI.create(redis.url()))) {
        poll.inForce(admin, stream, 1, 1);
      }
      String[] more = poll.environment(Files.createDirectory(folder.resolve(stream)));
      for (int i = 0; i < more.length; i += 2) {
        environment.put(more[i], more[i + 1]);
      }
    }
    services.put(port, builder.inheritIO().start());
    while (!ready(port)) {
      Thread.sleep(20);
    }
    return port;
  }

  private static boolean ready(int port) throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + "/ready");
      return client
              .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private Load votes(int port, String option, String header) {
    String body = "{\"option\":\"" + option + "\"}";
    String request =
        "POST /api/vote HTTP/1.1\r\nHost: localhost\r\nUser-Agent: benchmark\r\n"
            + header
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    return new Load(
        new LoadGenerator(port, request.getBytes(US_ASCII), new LoadGenerator.Http(201)),
        services.get(port));
  }

  /** What the consumer does all the time. */
  private void emptyStreams() {
    try (Jedis admin = new Jedis(URI.create(redis.url()))) {
      for (String stream : List.of("plain", "poll", "browser")) {
        admin.xtrim(stream, 0, false);
      }
    }
  }
}
