package dev.voting.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A small HTTP endpoint for a process that serves nothing else: {@code /health} (the process is
 * alive), {@code /ready} (each dependency answers; says which does not), {@code /metrics}.
 */
public final class OperationsServer implements AutoCloseable {
  private static final String JSON = "application/json";

  private final HttpServer server;

  /** Not virtual ones, which would wait for thousands of others of a busy process. */
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().name("operations-", 0).daemon().factory());

  /**
   * @param address where to listen; port 0 takes any free one
   * @param alive a problem, if the process should be restarted
   * @param dependencies by name: a problem in a few words, if there is one. Asked on each request,
   *     so they must answer at once
   * @throws IOException when the port is taken
   */
  public OperationsServer(
      InetSocketAddress address,
      PrometheusMeterRegistry registry,
      Supplier<Optional<String>> alive,
      Map<String, Supplier<Optional<String>>> dependencies)
      throws IOException {
    this(address, registry, alive, dependencies, Set.of());
  }

  /**
   * As above.
   *
   * @param informative names of dependencies that are shown, and whose problems make nobody unready
   * @throws IOException when the port is taken
   */
  public OperationsServer(
      InetSocketAddress address,
      PrometheusMeterRegistry registry,
      Supplier<Optional<String>> alive,
      Map<String, Supplier<Optional<String>>> dependencies,
      Set<String> informative)
      throws IOException {
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext(
        "/health", exchange -> report(exchange, "/health", Map.of("process", alive), informative));
    server.createContext(
        "/ready", exchange -> report(exchange, "/ready", dependencies, informative));
    server.createContext(
        "/metrics",
        exchange -> answer(exchange, "/metrics", 200, Metrics.CONTENT_TYPE, registry.scrape()));
    server.createContext(
        "/", exchange -> answer(exchange, "", 404, JSON, "{\"status\":\"not found\"}"));
    server.start();
  }

  /** The TCP port that is listened on. */
  public int port() {
    return server.getAddress().getPort();
  }

  private static void report(
      HttpExchange exchange,
      String path,
      Map<String, Supplier<Optional<String>>> checks,
      Set<String> informative)
      throws IOException {
    Map<String, Optional<String>> problems =
        checks.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, check -> check.getValue().get()));
    boolean ok =
        problems.entrySet().stream()
            .allMatch(p -> p.getValue().isEmpty() || informative.contains(p.getKey()));
    String details =
        problems.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(p -> quoted(p.getKey()) + ":" + quoted(p.getValue().orElse("ok")))
            .collect(Collectors.joining(","));
    answer(
        exchange,
        path,
        ok ? 200 : 503,
        JSON,
        "{\"status\":" + quoted(ok ? "ok" : "unavailable") + "," + details + "}");
  }

  private static void answer(
      HttpExchange exchange, String path, int status, String contentType, String body)
      throws IOException {
    try (exchange) {
      if (!path.isEmpty() && !exchange.getRequestURI().getPath().equals(path)) {
        answer(exchange, "", 404, JSON, "{\"status\":\"not found\"}");
        return;
      }
      boolean head = exchange.getRequestMethod().equals("HEAD");
      if (!head && !exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", contentType);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
      if (!head) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(bytes);
        }
      }
    }
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
              } else {
                json.append(c < ' ' ? ' ' : (char) c);
              }
            });
    return json.append('"').toString();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
