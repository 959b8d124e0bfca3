package dev.voting.consumer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The consumer as it is run: a JVM of its own, with the flags of its container. */
final class ConsumerProcess implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("are on port (\\d+)");

  private final Process process;
  private final Path log;

  private ConsumerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static Map<String, String> environment(Servers servers) {
    Map<String, String> environment = new HashMap<>();
    environment.put("REDIS_URL", servers.redis.url());
    environment.put("DATABASE_URL", servers.postgres.url());
    environment.put("METRICS_PORT", "0");
    environment.put("CLAIM_IDLE_MS", "1000");
    environment.put("RETRY_MAX_MS", "500");
    return environment;
  }

  /** Compiled only a little: the start is most of its life. */
  static ConsumerProcess start(String name, Map<String, String> environment) {
    return start(name, environment, "-XX:TieredStopAtLevel=1");
  }

  /** Compiled well, as in production. */
  static ConsumerProcess startTuned(String name, Map<String, String> environment) {
    return start(name, environment, "-XX:+TieredCompilation");
  }

  /** The program that declares a poll, with its arguments. */
  static ConsumerProcess startProgram(Map<String, String> environment, String... arguments) {
    return start("poll", environment, "-XX:TieredStopAtLevel=1", arguments);
  }

  private static ConsumerProcess start(
      String name, Map<String, String> environment, String compilation, String... arguments) {
    try {
      Path log = Files.createTempFile("consumer-" + name, ".log");
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx128m",
              "-XX:+UseSerialGC",
              compilation,
              "-Xshare:auto",
              "-cp",
              System.getProperty("java.class.path"),
              Main.class.getName());
      builder.command().addAll(List.of(arguments));
      builder.environment().keySet().removeIf(key -> key.endsWith("_URL") || key.equals("PORT"));
      builder.environment().put("CONSUMER_NAME", name);
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      return new ConsumerProcess(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Makes it hang (SIGSTOP). */
  void pause() {
    signal("STOP");
  }

  /** Ends {@link #pause}. */
  void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int exitCode =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (exitCode != 0) {
        throw new AssertionError("cannot send SIG" + name + " to the consumer");
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The most memory that it ever had resident, in KiB; 0 where the system does not report it. */
  long peakMemoryKiB() {
    try (Stream<String> status = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return status
          .filter(line -> line.startsWith("VmHWM"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  Duration cpuTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  int exitCode() {
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        throw new AssertionError("the consumer does not end: " + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What its HTTP endpoint answers. */
  HttpResponse<String> get(String path) {
    Matcher port = PORT.matcher(log());
    if (!port.find()) {
      throw new AssertionError("no port yet: " + log());
    }
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(30))
            .build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The value of a metric without labels, or with them as they are printed. */
  double metric(String name) {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + name));
  }

  @Override
  public void close() {
    kill();
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
