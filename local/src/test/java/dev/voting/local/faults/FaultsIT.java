package dev.voting.local.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.local.faults.FaultyProxy.Fault;
import dev.voting.local.faults.FaultyProxy.Way;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.process.Folders;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * People vote while each of the four connections between the parts suffers what networks do: delay,
 * silence in one direction, a reset in the midst of a message. No vote is lost or counted twice,
 * and what each was answered is true.
 *
 * <p>A build tries every other pair of a connection and a fault, so that each connection and each
 * fault is in several: the even ones or the odd ones, which it prints, and {@code -Dfaults=0} or
 * {@code 1} repeats. By {@code -Dfaults=all} it tries every pair.
 */
class FaultsIT {
  private static final String PASSWORD = "secret";
  private static final int VOTERS = 8;

  /** How long a fault lasts: longer than the parts wait for an answer here. */
  private static final Duration FAULT = Duration.ofSeconds(4);

  private static final String PAIRS =
      System.getProperty("faults", Integer.toString(ThreadLocalRandom.current().nextInt(2)));

  private static final List<Fault> FAULTS =
      List.of(
          new Fault.Latency(Duration.ofSeconds(2)),
          new Fault.HalfOpen(Way.TO_SERVER),
          new Fault.HalfOpen(Way.TO_CLIENT),
          new Fault.Reset(Way.TO_SERVER, 150),
          new Fault.Reset(Way.TO_CLIENT, 20));

  private final Path folder = folder();
  private final List<AutoCloseable> running = new ArrayList<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private PostgresServer postgres;
  private RedisServer redis;
  private int port;
  private volatile boolean voting = true;

  /** What the request with a key was answered; status 0 for nothing at all. */
  private record Answer(String key, int status, String body) {}

  private static Path folder() {
    try {
      Path made = Files.createTempDirectory("faults");
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void start() throws Exception {
    postgres =
        PostgresServer.at(folder.resolve("postgres"))
            .fast()
            .user("voting")
            .password(PASSWORD)
            .database("votes")
            .start();
    running.add(postgres);
    redis =
        RedisServer.at(folder.resolve("redis"))
            .password(PASSWORD)
            .setting("appendonly", "yes")
            .start();
    running.add(redis);
    try (Connection connection = database();
        Statement statement = connection.createStatement()) {
      for (String file :
          List.of("10-tables", "20-functions", "25-polls", "30-record-votes", "40-roles")) {
        statement.execute(schema(file + ".sql"));
      }
    }
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : running.reversed()) {
      one.close();
    }
    Folders.delete(folder);
  }

  @Test
  void noVoteIsLostOrDoubledAndEveryAnswerIsTrue() throws Exception {
    Map<String, FaultyProxy> links = new LinkedHashMap<>();
    for (String part : List.of("api", "consumer")) {
      links.put(part + " to Redis", proxy(redis.port()));
      links.put(part + " to PostgreSQL", proxy(postgres.port()));
    }
    run("api", links, Map.of("PORT", Integer.toString(port)));
    run(
        "consumer",
        links,
        Map.of(
            "METRICS_PORT", "0",
            "CONSUMER_NAME", "faults",
            "CLAIM_IDLE_MS", "1000",
            "RETRY_MAX_MS", "500"));
    try (HttpClient http = HttpClient.newHttpClient()) {
      await()
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(() -> get(http, "/ready").statusCode() == 200);
      List<Thread> voters =
          Stream.generate(() -> Thread.ofVirtual().start(() -> voteOn(http)))
              .limit(VOTERS)
              .toList();
      System.out.println("-Dfaults=" + PAIRS);
      List<FaultyProxy> all = List.copyOf(links.values());
      for (FaultyProxy link : all) {
        for (Fault fault : FAULTS) {
          if (!isTried(all.indexOf(link) + FAULTS.indexOf(fault))) {
            continue;
          }
          // Each fault meets a system that takes votes.
          awaitTaken();
          link.suffer(fault);
          Thread.sleep(FAULT);
          link.repair();
        }
      }
      awaitTaken();
      voting = false;
      for (Thread voter : voters) {
        voter.join();
      }
      verify(http);
    }
  }

  private static boolean isTried(int pair) {
    return PAIRS.equals("all") || pair % 2 == Integer.parseInt(PAIRS);
  }

  private void verify(HttpClient http) throws SQLException {
    long taken = taken();
    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                assertThat(one("SELECT count(*) FROM vote_events")).isGreaterThanOrEqualTo(taken));
    // What was sent without an answer may still be on its way.
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofMinutes(1))
        .until(() -> one("SELECT count(*) FROM vote_events"), steady());

    Map<String, String> recorded = new HashMap<>();
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT r.request_id, r.stream_id FROM vote_requests r"
                    + " JOIN vote_events e ON e.stream_id = r.stream_id")) {
      while (rows.next()) {
        recorded.put(rows.getString(1), rows.getString(2));
      }
    }
    for (Answer answer : answers) {
      if (answer.status() == 201) {
        assertThat(recorded).as("answered 201").containsKey(answer.key());
      } else if (answer.body().contains("was not counted")) {
        assertThat(recorded).as(answer.body()).doesNotContainKey(answer.key());
      } else if (answer.status() != 0) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body()).contains("may or may not have been counted");
      }
    }
    assertThat(answers).as("the faults were met").anyMatch(answer -> answer.status() == 503);
    // Each key once: no vote was recorded beside those, and the totals are their sum.
    assertThat(one("SELECT count(*) FROM vote_events")).isEqualTo(recorded.size());
    assertThat(one("SELECT sum(count) FROM votes")).isEqualTo(recorded.size());
    await()
        .ignoreExceptions()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(get(http, "/api/results").body())
                    .containsPattern("\"total\"\\s*:\\s*" + recorded.size() + "\\b"));
  }

  private org.hamcrest.Matcher<Long> steady() {
    return new org.hamcrest.CustomMatcher<>("the same as before") {
      private Object last;

      @Override
      public boolean matches(Object now) {
        boolean same = now.equals(last);
        last = now;
        return same;
      }
    };
  }

  private void voteOn(HttpClient http) {
    while (voting) {
      String key = UUID.randomUUID().toString();
      try {
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(address("/api/vote"))
                    .timeout(Duration.ofSeconds(20))
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", key)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"option\":\"cats\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        answers.add(new Answer(key, response.statusCode(), response.body()));
        Thread.sleep(response.statusCode() == 201 ? 10 : 100);
      } catch (IOException e) {
        answers.add(new Answer(key, 0, ""));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void awaitTaken() {
    long before = taken();
    await().atMost(Duration.ofMinutes(2)).until(() -> taken() >= before + VOTERS);
  }

  private long taken() {
    return answers.stream().filter(answer -> answer.status() == 201).count();
  }

  private FaultyProxy proxy(int target) throws IOException {
    FaultyProxy proxy = new FaultyProxy(target);
    running.add(proxy);
    return proxy;
  }

  private void run(String part, Map<String, FaultyProxy> links, Map<String, String> more)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            Path.of("..", "runtime-" + part, "target", "app") + "/*",
            "dev.voting." + part + ".Main");
    Map<String, String> environment = builder.environment();
    environment.put(
        "REDIS_URL",
        "redis://:" + PASSWORD + "@127.0.0.1:" + links.get(part + " to Redis").port() + "/0");
    environment.put(
        "DATABASE_URL",
        "postgresql://voting:"
            + PASSWORD
            + "@127.0.0.1:"
            + links.get(part + " to PostgreSQL").port()
            + "/votes?socketTimeout=2");
    environment.putAll(more);
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(part + ".log").toFile())
            .start();
    running.add(() -> process.destroyForcibly().onExit().join());
  }

  private HttpResponse<String> get(HttpClient http, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(address(path)).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private Connection database() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/votes", "voting", PASSWORD);
  }

  private long one(String sql) throws SQLException {
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static String schema(String file) throws IOException {
    try (var in = FaultsIT.class.getResourceAsStream("/dev/voting/schema/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
