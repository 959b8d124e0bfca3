package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.api.Api;
import dev.voting.servers.kubernetes.api.GrowingLog;
import dev.voting.servers.kubernetes.api.Reply;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP and WebSocket: reads requests, has them answered on virtual threads, streams watches. */
public final class FrontDoor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);
  private static final int NORMAL_CLOSE = 1000;

  /** How often a log that is followed is looked at. */
  private static final Duration FOLLOW = Duration.ofMillis(200);

  private final Vertx vertx;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Api api;
  private final Store store;
  public final CopyOnWriteArrayList<RequestLog> logs = new CopyOnWriteArrayList<>();
  public final CopyOnWriteArrayList<Fault> faults = new CopyOnWriteArrayList<>();

  public FrontDoor(Api api, Store store, int port) {
    this.api = api;
    this.store = store;
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(2)
                .setWorkerPoolSize(1)
                // Of no use here, and a killed process would leave its folder behind.
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setCompressionSupported(false)
            .setHandle100ContinueAutomatically(true)
            .setMaxHeaderSize(64 * 1024)
            .setMaxInitialLineLength(64 * 1024);
    server = vertx.createHttpServer(options);
    server.requestHandler(this::receive);
    try {
      server.listen().toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      vertx.close();
      throw new IllegalStateException(
          "the Kubernetes API cannot listen on 127.0.0.1:"
              + port
              + ": "
              + e.getCause().getMessage(),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return server.actualPort();
  }

  @Override
  public void close() {
    server.close().toCompletionStage().toCompletableFuture().join();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    threads.shutdownNow();
  }

  private void receive(HttpServerRequest http) {
    if ("websocket".equalsIgnoreCase(http.getHeader("upgrade"))) {
      // It has no body, and Vert.x upgrades nothing that was read to its end.
      http.pause();
      threads.execute(() -> answer(http, request(http, Buffer.buffer())));
      return;
    }
    http.body()
        .onSuccess(body -> threads.execute(() -> answer(http, request(http, body))))
        .onFailure(e -> LOG.debug("a request broke off", e));
  }

  private static Request request(HttpServerRequest http, Buffer body) {
    Map<String, String> headers = new HashMap<>();
    http.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    Map<String, String> query = new HashMap<>();
    new QueryStringDecoder(http.uri())
        .parameters()
        .forEach((name, values) -> query.put(name, values.getFirst()));
    return new Request(
        http.method().name(),
        URI.create(http.path()).getPath(),
        http.query() == null ? "" : http.query(),
        query,
        headers,
        body.getBytes());
  }

  private void answer(HttpServerRequest http, Request request) {
    try {
      RecordedRequest recorded =
          new RecordedRequest(
              Instant.now(),
              request.method(),
              request.path(),
              request.rawQuery(),
              request.header("user-agent"),
              request.fieldManager(),
              request.flag("watch"));
      logs.forEach(log -> log.add(recorded));
      for (Fault fault : faults) {
        if (fault.takes(recorded)) {
          if (fault.status() == 0) {
            http.connection().close();
            return;
          }
          if (fault.status() == Fault.STALL) {
            http.response().setChunked(true).writeHead();
            return;
          }
          throw fault.answer();
        }
      }
      switch (api.answer(request)) {
        case Reply.Whole whole -> send(http.response(), whole);
        case Reply.Watch watch when request.header("upgrade").equalsIgnoreCase("websocket") ->
            http.toWebSocket().onSuccess(socket -> threads.execute(() -> watch(socket, watch)));
        case Reply.Watch watch -> watch(http.response(), watch);
        case Reply.Growing growing -> follow(http.response(), growing.log());
      }
    } catch (ApiException e) {
      send(http.response(), Reply.json(e.code(), e.status()));
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", request.method(), request.path(), e);
      ApiException error = ApiException.of(500, "InternalError", "Internal error occurred: " + e);
      send(http.response(), Reply.json(500, error.status()));
    }
  }

  private static void send(HttpServerResponse response, Reply.Whole whole) {
    response.setStatusCode(whole.code()).putHeader("Content-Type", whole.contentType());
    for (String warning : whole.warnings()) {
      response.headers().add("Warning", "299 - \"" + warning.replace("\"", "\\\"") + "\"");
    }
    response.send(Buffer.buffer(whole.body()));
  }

  private void watch(ServerWebSocket socket, Reply.Watch watch) {
    Context context = vertx.getOrCreateContext();
    Runnable stop =
        start(
            watch,
            event -> context.runOnContext(v -> send(socket, event)),
            () -> socket.close((short) NORMAL_CLOSE));
    socket.closeHandler(closed -> threads.execute(stop));
    if (socket.isClosed()) {
      stop.run();
    }
  }

  private static void send(ServerWebSocket socket, String event) {
    if (!socket.isClosed()) {
      socket.writeTextMessage(event);
    }
  }

  private void watch(HttpServerResponse response, Reply.Watch watch) {
    Context context = vertx.getOrCreateContext();
    response.setChunked(true).putHeader("Content-Type", "application/json");
    // So that the client knows at once that the watch has begun.
    response.writeHead();
    Runnable stop =
        start(
            watch,
            event -> context.runOnContext(v -> send(response, event)),
            () -> context.runOnContext(v -> end(response)));
    response.closeHandler(closed -> threads.execute(stop));
    if (response.closed()) {
      stop.run();
    }
  }

  /** Holds the virtual thread of the request until the log ends or nobody listens any more. */
  private void follow(HttpServerResponse response, GrowingLog log) {
    Context context = vertx.getOrCreateContext();
    response.setChunked(true).putHeader("Content-Type", "text/plain");
    response.writeHead();
    try {
      while (!response.closed()) {
        Optional<String> next = log.next();
        if (next.isEmpty()) {
          context.runOnContext(v -> end(response));
          return;
        }
        next.filter(text -> !text.isEmpty())
            .ifPresent(text -> context.runOnContext(v -> write(response, text)));
        Thread.sleep(FOLLOW);
      }
    } catch (InterruptedException e) {
      // The server is closing.
      Thread.currentThread().interrupt();
    }
  }

  private static void write(HttpServerResponse response, String text) {
    if (!response.closed() && !response.ended()) {
      response.write(text);
    }
  }

  private static void send(HttpServerResponse response, String event) {
    if (!response.closed() && !response.ended()) {
      response.write(event + "\n");
    }
  }

  private static void end(HttpServerResponse response) {
    if (!response.closed() && !response.ended()) {
      response.end();
    }
  }

  private Runnable start(Reply.Watch watch, Consumer<String> send, Runnable end) {
    Runnable stop;
    try {
      stop =
          store.watch(
              watch.type(), watch.after(), change -> WatchEvents.of(change, watch).ifPresent(send));
    } catch (ApiException e) {
      send.accept("{\"type\":\"ERROR\",\"object\":" + Json.string(e.status()) + "}");
      end.run();
      return () -> {};
    }
    watch
        .timeout()
        .ifPresent(timeout -> vertx.setTimer(Math.max(1, timeout.toMillis()), id -> end.run()));
    return stop;
  }

  List<Fault> faults() {
    return faults;
  }
}
