package dev.voting.api.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.TestServers;
import dev.voting.runtime.Schema;
import dev.voting.servers.postgres.PostgresServer;
import dev.voting.servers.redis.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * How many votes a second the service takes when Redis syncs its file before each answer, beside
 * once a second. Votes that come together share a sync, so it is shown by how many come at a time.
 * The disk is the machine's, unless a {@code redis-server} on the path simulates a slower one. See
 * docs/api.md.
 *
 * <p>System properties: {@code bench.rounds} (5), {@code bench.seconds} each (5).
 */
class AppendFsync {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
  private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("bench.seconds", 5));
  private static final List<Integer> CONNECTIONS = List.of(16, 64, 256);

  @Test
  void compares() throws Exception {
    Path folder = TestServers.temporaryFolder();
    try (PostgresServer postgres = TestServers.postgres(folder.resolve("postgres"));
        RedisServer everysec = TestServers.redis(folder.resolve("everysec"), "everysec");
        RedisServer always = TestServers.redis(folder.resolve("always"), "always")) {
      try (Connection connection = TestServers.open(postgres.url())) {
        Schema.apply(connection);
      }
      try (Service second = new Service(everysec, postgres);
          Service each = new Service(always, postgres)) {
        second.votes(64, ROUND);
        each.votes(64, ROUND);
        for (int connections : CONNECTIONS) {
          List<LoadGenerator.Report> once = new ArrayList<>();
          List<LoadGenerator.Report> every = new ArrayList<>();
          for (int i = 0; i < ROUNDS; i++) {
            once.add(second.votes(connections, ROUND));
            every.add(each.votes(connections, ROUND));
          }
          System.out.printf(
              Locale.ROOT,
              "%3d connections: everysec %6.0f/s, p99 %5.1f ms; always %6.0f/s, p99 %5.1f ms; %.2f%n",
              connections,
              median(once).perSecond(),
              median(once).p99Millis(),
              median(every).perSecond(),
              median(every).p99Millis(),
              median(every).perSecond() / median(once).perSecond());
        }
      }
    } finally {
      TestServers.delete(folder);
    }
  }

  private static LoadGenerator.Report median(List<LoadGenerator.Report> reports) {
    return reports.stream()
        .sorted((a, b) -> Double.compare(a.perSecond(), b.perSecond()))
        .toList()
        .get(reports.size() / 2);
  }

  /** The service as a process of its own, at a Redis of its own. */
  private static final class Service implements AutoCloseable {
    private final RedisServer redis;
    private final Process process;
    private final LoadGenerator votes;

    Service(RedisServer redis, PostgresServer postgres) throws Exception {
      this.redis = redis;
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
              System.getProperty("java.class.path"),
              "dev.voting.api.Main");
      builder.environment().put("PORT", Integer.toString(port));
      builder.environment().put("REDIS_URL", redis.url());
      builder.environment().put("DATABASE_URL", postgres.url());
      process = builder.inheritIO().start();
      while (!answers(port)) {
        Thread.sleep(20);
      }
      String body = "{\"option\":\"cats\"}";
      votes =
          new LoadGenerator(
              port,
              ("POST /api/vote HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(US_ASCII),
              new LoadGenerator.Http(201));
    }

    private static boolean answers(int port) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException notYet) {
        return false;
      }
    }

    LoadGenerator.Report votes(int connections, Duration time) throws IOException {
      LoadGenerator.Report report = votes.closed(connections, time);
      try (Jedis admin = new Jedis(URI.create(redis.url()))) {
        admin.xtrim("votes", 0, false);
      }
      return report;
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
