package dev.voting.operator.cli.monitoring;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Answers {@code /healthz}, {@code /readyz} and {@code /metrics}. */
public final class HealthServer implements AutoCloseable {

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads;

  /**
   * An answer to a probe.
   *
   * @param good whether the probe passes
   * @param text one line for people
   */
  public record Health(boolean good, String text) {}

  private HealthServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts the server.
   *
   * @param port on all addresses; 0 takes any free one
   * @param alive false when only a restart helps
   * @param ready false while the operator cannot do its work
   * @param metrics in Prometheus' text format
   * @throws IOException when the port is in use
   */
  public static HealthServer start(
      int port, Supplier<Health> alive, Supplier<Health> ready, Supplier<String> metrics)
      throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(port), 0);
    } catch (BindException e) {
      throw new IOException("port " + port + " is in use: choose another with --health-port", e);
    }
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, "/", 404, TEXT, "not found\n"));
    server.createContext("/healthz", exchange -> answer(exchange, "/healthz", alive.get()));
    server.createContext("/readyz", exchange -> answer(exchange, "/readyz", ready.get()));
    server.createContext(
        "/metrics", exchange -> answer(exchange, "/metrics", 200, PROMETHEUS, metrics.get()));
    server.start();
    return new HealthServer(server, threads);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, String path, Health health) throws IOException {
    answer(exchange, path, health.good() ? 200 : 503, TEXT, health.text() + "\n");
  }

  /** The JDK's server takes a path for all that begin with it. */
  private static void answer(
      HttpExchange exchange, String path, int status, String type, String text) throws IOException {
    try (exchange) {
      var method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, TEXT, "only GET and HEAD\n");
      } else if (!exchange.getRequestURI().getPath().equals(path)) {
        send(exchange, 404, TEXT, "not found\n");
      } else {
        send(exchange, status, type, text);
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    var body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
