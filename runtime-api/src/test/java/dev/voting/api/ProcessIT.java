package dev.voting.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.voting.api.TestServers.Servers;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.process.FreePort;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** The service as the process that it is in a pod. */
@ExtendWith(TestServers.class)
class ProcessIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String APP = Path.of("target", "app").toAbsolutePath() + "/*";
  private static final String NO_REDIS = "redis://127.0.0.1:1";
  private static final String NO_POSTGRES = "postgresql://x:x@127.0.0.1:1/votes";

  private final Servers servers;
  private final Path folder = TestServers.temporaryFolder();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Process process;
  private int port;

  ProcessIT(Servers servers) {
    this.servers = servers;
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    TestServers.delete(folder);
  }

  @Test
  void itStartsWithTheCacheThatTheBuildHasMade() throws Exception {
    run(
        Map.of("REDIS_URL", servers.redis().url(), "DATABASE_URL", servers.newDatabase()),
        "-XX:+UseCompactObjectHeaders",
        // Unlike the default "auto" this mode ends with an error when the cache does not fit.
        "-XX:AOTMode=on",
        "-XX:AOTCache=" + Path.of("target", "app.aot").toAbsolutePath(),
        "-cp",
        APP,
        "dev.voting.api.Main");
    await().atMost(SOON).ignoreExceptions().until(() -> get("/ready").statusCode() == 200);
  }

  @Test
  void itLearnsAndStartsAsInItsImage() throws Exception {
    Path app = Files.createDirectory(folder.resolve("app"));
    Files.createSymbolicLink(app.resolve("lib"), Path.of("target", "app").toAbsolutePath());
    Files.copy(Path.of("src", "main", "aot", "jvm.options"), app.resolve("jvm.options"));
    run(Map.of(), fromDockerfile("RUN"));
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();

    run(
        Map.of(
            "REDIS_URL",
            servers.redis().url(),
            "DATABASE_URL",
            servers.newDatabase(),
            "JAVA_TOOL_OPTIONS",
            // The operator's; and "on", so that it ends with an error when the cache does not fit.
            "-Xms24m -XX:MaxRAMPercentage=50 -XX:+UseCompactObjectHeaders -XX:AOTMode=on"),
        fromDockerfile("ENTRYPOINT"));
    await().atMost(SOON).ignoreExceptions().until(() -> get("/ready").statusCode() == 200);
  }

  /** The arguments of java in a line of the image's recipe, which has all in /app. */
  private String[] fromDockerfile(String instruction) throws IOException {
    Path recipe = Path.of("..", "deploy", "images", "voting-api.Dockerfile");
    String line =
        Files.readAllLines(recipe).stream()
            .filter(l -> l.startsWith(instruction + " "))
            .findFirst()
            .orElseThrow();
    List<String> command = new ArrayList<>();
    for (JsonNode word : new ObjectMapper().readTree(line.substring(instruction.length()))) {
      command.add(word.asText().replace("/app/", folder + "/app/"));
    }
    assertThat(command.removeFirst()).isEqualTo("java");
    return command.toArray(String[]::new);
  }

  private void start(Map<String, String> environment) throws IOException {
    run(
        environment,
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.voting.api.Main");
  }

  private void run(Map<String, String> environment, String... arguments) throws IOException {
    port = FreePort.find();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().put("METRICS_PORT", "0");
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log().toFile());
    process = builder.start();
  }

  private Path log() {
    return folder.resolve("log");
  }

  /** All that was logged: each line is a JSON object. */
  private List<JsonNode> logged() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(log())) {
      JsonNode parsed = new ObjectMapper().readTree(line);
      assertThat(parsed.fieldNames())
          .toIterable()
          .contains("timestamp", "level", "loggerName", "formattedMessage");
      lines.add(parsed);
    }
    return lines;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  @ParameterizedTest
  @CsvSource({
    "REDIS_URL,,REDIS_URL is not set",
    "REDIS_URL,http://x,REDIS_URL is not a Redis URL",
    "DATABASE_URL,,DATABASE_URL is not set",
    "PORT,http,PORT is 'http'",
    "CORS_ORIGINS,example.org,CORS_ORIGINS is wrong: 'example.org' is no origin",
    "TRUSTED_PROXIES,10.0.0.0/40,TRUSTED_PROXIES has '10.0.0.0/40'",
    "RATE_LIMIT_REQUESTS_PER_SECOND,-1,RATE_LIMIT_REQUESTS_PER_SECOND is '-1'"
  })
  void aBadEnvironmentEndsItWithOneLine(String variable, String value, String line)
      throws Exception {
    Map<String, String> environment = new java.util.HashMap<>();
    environment.put("REDIS_URL", NO_REDIS);
    environment.put("DATABASE_URL", NO_POSTGRES);
    environment.put(variable, value == null ? "" : value);
    start(environment);

    assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(Files.readAllLines(log())).singleElement().asString().startsWith("error: " + line);
  }

  @Test
  void itsLogHoldsNothingOfItsClients() throws Exception {
    start(
        Map.of(
            "REDIS_URL",
            servers.redis().url(),
            "DATABASE_URL",
            servers.newDatabase(),
            "STREAM_NAME",
            "logged",
            "TRUSTED_PROXIES",
            "127.0.0.1",
            "LOG_LEVEL",
            "debug"));
    await().atMost(SOON).ignoreExceptions().until(() -> get("/ready").statusCode() == 200);
    for (String body :
        List.of("{\"option\":\"cats\"}", "{\"option\":\"personal-1\"}", "personal-2")) {
      HttpRequest request =
          HttpRequest.newBuilder(uri("/api/vote?who=personal-3"))
              .header("Content-Type", "application/json")
              .header("X-Forwarded-For", "203.0.113.77")
              .header("User-Agent", "personal-4")
              .header("Idempotency-Key", "personal-5")
              .POST(BodyPublishers.ofString(body))
              .build();
      client.send(request, BodyHandlers.ofString());
    }
    try (RawHttp http = new RawHttp(port)) {
      http.send("personal-6 /personal-7 HTTP/9\r\nHost: personal-8\r\n\r\n");
      assertThat(http.read()).isPresent();
    }
    process.destroy();
    assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(logged()).isNotEmpty();
    assertThat(Files.readString(log())).doesNotContain("personal-", "203.0.113.77");
  }

  @Test
  void itLogsOnlyWhatTheLevelAsksFor() throws Exception {
    start(Map.of("REDIS_URL", NO_REDIS, "DATABASE_URL", NO_POSTGRES, "LOG_LEVEL", "warning"));
    await().atMost(SOON).ignoreExceptions().until(() -> get("/ready").statusCode() == 503);
    await().atMost(SOON).until(() -> !logged().isEmpty());
    assertThat(logged()).allMatch(line -> line.get("level").asText().equals("WARN"));
  }

  @Test
  void aPortInUseEndsItWithOneClearLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      start(
          Map.of(
              "PORT",
              Integer.toString(taken.getLocalPort()),
              "REDIS_URL",
              NO_REDIS,
              "DATABASE_URL",
              NO_POSTGRES));
      assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      assertThat(Files.readString(log()))
          .contains(
              "error: PORT " + taken.getLocalPort(),
              "of LISTEN_ADDRESS",
              "is in use or not available")
          .doesNotContain("\tat ", "\"throwable\":{");
    }
  }

  @Test
  void itStartsBeforeItsBackendsAndHealsByItself() throws Exception {
    int redisPort = FreePort.find();
    int postgresPort = FreePort.find();
    start(
        Map.of(
            "REDIS_URL",
            "redis://:secret@127.0.0.1:" + redisPort,
            "DATABASE_URL",
            "postgresql://postgres:secret@127.0.0.1:" + postgresPort + "/votes"));
    await().atMost(SOON).ignoreExceptions().until(() -> get("/health").statusCode() == 200);
    assertThat(get("/ready").statusCode()).isEqualTo(503);
    await().atMost(SOON).until(() -> !get("/ready").body().contains("not connected yet"));
    assertThat(get("/ready").body())
        .contains("\"redis\":\"connection refused\"", "\"postgres\":\"no connection\"");

    try (RedisServer redis =
            RedisServer.at(folder.resolve("redis")).port(redisPort).password("secret").start();
        PostgresServer postgres =
            PostgresServer.at(folder.resolve("postgres"))
                .port(postgresPort)
                .password("secret")
                .database("votes")
                .fast()
                .start()) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  get("/ready")
                      .body()
                      .contains(
                          "\"checks\":{\"redis\":\"ok\",\"postgres\":\"the schema is not there"
                              + " yet\""));
      try (Connection connection = TestServers.open(postgres.url())) {
        Schema.apply(connection);
      }
      assertThat(get("/ready").statusCode()).as("a vote needs no schema").isEqualTo(200);
      await().atMost(SOON).until(() -> get("/ready").body().contains("\"postgres\":\"ok\""));
      assertThat(redis.isRunning()).isTrue();
    }
    assertThat(logged()).allMatch(line -> line.get("throwable").isNull());
    assertThat(Files.readString(log())).doesNotContain("secret");
  }

  @Test
  void sigtermLetsItAnswerWhatItTook() throws Exception {
    start(
        Map.of(
            "REDIS_URL",
            servers.redis().url(),
            "DATABASE_URL",
            servers.newDatabase(),
            "STREAM_NAME",
            "drained",
            "SHUTDOWN_DELAY_MS",
            "2000"));
    await().atMost(SOON).ignoreExceptions().until(() -> get("/ready").statusCode() == 200);

    AtomicBoolean asked = new AtomicBoolean();
    AtomicInteger recorded = new AtomicInteger();
    List<String> lost = new ArrayList<>();
    try (ExecutorService voters = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> runs = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        runs.add(voters.submit(() -> voteUntilRefused(recorded, asked)));
      }
      await().atMost(SOON).until(() -> recorded.get() > 300);
      asked.set(true);
      process.destroy();
      await().atMost(SOON).until(() -> get("/ready").statusCode() == 503);
      for (Future<String> run : runs) {
        if (!run.get().isEmpty()) {
          lost.add(run.get());
        }
      }
    }
    assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(lost).as("answers that are wrong").isEmpty();
    try (Jedis redis = new Jedis(URI.create(servers.redis().url()))) {
      assertThat(redis.xlen("drained"))
          .as("each vote taken was answered")
          .isEqualTo(recorded.get());
    }
    assertThat(logged()).allMatch(line -> line.get("throwable").isNull());
    assertThat(logged())
        .last()
        .extracting(l -> l.get("formattedMessage").asText())
        .isEqualTo("stopped");
  }

  /** Nothing, or what went wrong other than that the service no longer listens. */
  private String voteUntilRefused(AtomicInteger recorded, AtomicBoolean asked) {
    byte[] vote = "{\"option\":\"cats\"}".getBytes(UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/vote"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(vote))
            .build();
    while (true) {
      try {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 201) {
          return response.statusCode() + " " + response.body();
        }
        recorded.incrementAndGet();
      } catch (IOException e) {
        return asked.get() ? "" : e.toString();
      } catch (InterruptedException e) {
        return e.toString();
      }
    }
  }
}
