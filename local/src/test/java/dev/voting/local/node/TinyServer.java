package dev.voting.local.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** What the containers of the node's tests run: says what it was started with, ends when asked. */
public final class TinyServer {
  private TinyServer() {}

  public static void main(String[] args) throws IOException {
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    AtomicBoolean ready = new AtomicBoolean(true);
    server.createContext(
        "/ready",
        exchange -> {
          if (ready.get()) {
            reply(exchange, "yes");
          } else {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
          }
        });
    server.createContext(
        "/unready",
        exchange -> {
          ready.set(false);
          reply(exchange, "no more");
        });
    server.createContext("/args", exchange -> reply(exchange, String.join("\n", args)));
    server.createContext(
        "/env",
        exchange ->
            reply(
                exchange,
                String.join(
                    "\n",
                    System.getenv().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList())));
    server.createContext(
        "/file", exchange -> reply(exchange, Files.readString(Path.of(query(exchange)))));
    server.createContext(
        "/write",
        exchange -> {
          Files.write(Path.of(query(exchange)), exchange.getRequestBody().readAllBytes());
          reply(exchange, "written");
        });
    server.createContext(
        "/echo",
        exchange -> {
          int length = exchange.getRequestBody().readAllBytes().length;
          List<String> forwarded = exchange.getRequestHeaders().get("X-Forwarded-For");
          reply(exchange, ProcessHandle.current().pid() + " " + length + " " + forwarded);
        });
    server.createContext("/events", TinyServer::events);
    server.createContext(
        "/exit",
        exchange -> {
          System.out.println("the termination message");
          System.exit(Integer.parseInt(query(exchange)));
        });
    if ("yes".equals(System.getenv("IGNORES_SIGTERM"))) {
      Runtime.getRuntime().addShutdownHook(new Thread(LockSupport::park));
    }
    server.start();
    System.out.println("started");
  }

  /** Sends one event and then nothing more until the client goes away. */
  private static void events(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write("data: first\n\n".getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static String query(HttpExchange exchange) {
    return exchange.getRequestURI().getQuery();
  }

  private static void reply(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
