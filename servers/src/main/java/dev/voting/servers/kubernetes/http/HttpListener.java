package dev.voting.servers.kubernetes.http;

import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.vertx.ServerWebSocketHandler;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens, and has each request answered by a dispatcher as fabric8's mock server has, but on a
 * virtual thread, so that an answer may take its time, and with answers that go on.
 */
public final class HttpListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

  /** Selectors and the tokens of pages make long lines. */
  private static final int LONGEST_LINE = 64 * 1024;

  private final Dispatcher dispatcher;
  private final Vertx vertx;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Begins to listen.
   *
   * @param port 0 for any free one
   * @param certificate with which to speak TLS; empty for plain text
   * @throws IllegalStateException when the port is taken
   */
  public HttpListener(
      Dispatcher dispatcher,
      InetAddress address,
      int port,
      Optional<SelfSignedCertificate> certificate) {
    this.dispatcher = dispatcher;
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
            .setHost(address.getHostAddress())
            .setPort(port)
            .setCompressionSupported(false)
            .setHandle100ContinueAutomatically(true)
            .setMaxHeaderSize(LONGEST_LINE)
            .setMaxInitialLineLength(LONGEST_LINE);
    certificate.ifPresent(
        own -> options.setSsl(true).setUseAlpn(true).setKeyCertOptions(own.keyCertOptions()));
    server = vertx.createHttpServer(options);
    server.requestHandler(this::receive);
    try {
      server.listen().toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      vertx.close();
      throw new IllegalStateException(
          "the Kubernetes API cannot listen on "
              + address.getHostAddress()
              + ":"
              + port
              + ": "
              + e.getCause().getMessage(),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The port on which it listens. */
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
    Context context = vertx.getOrCreateContext();
    if ("websocket".equalsIgnoreCase(http.getHeader("upgrade"))) {
      // It has no body, and Vert.x upgrades nothing that was read to its end.
      http.pause();
      threads.execute(() -> answer(http, context, new Buffer()));
      return;
    }
    http.body()
        .onSuccess(
            body -> threads.execute(() -> answer(http, context, new Buffer(body.getBytes()))))
        .onFailure(e -> LOG.debug("a request broke off", e));
  }

  private void answer(HttpServerRequest http, Context context, Buffer body) {
    RecordedRequest request =
        new RecordedRequest(
            http.version().alpnName().toUpperCase(Locale.ROOT),
            HttpMethod.fromVertx(http.method()),
            http.uri(),
            Headers.builder().addAll(http.headers()).build(),
            body);
    MockResponse response;
    try {
      response = dispatcher.dispatch(request);
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", http.method(), http.path(), e);
      response = new MockResponse().setResponseCode(500);
    }
    if (response.getWebSocketListener() != null) {
      http.toWebSocket()
          .onSuccess(new ServerWebSocketHandler(request, response))
          .onFailure(e -> LOG.debug("an upgrade broke off", e));
    } else if (response instanceof StreamedResponse streamed) {
      streamed.writeTo(new HttpOutput(http, context));
    } else {
      send(http.response(), response);
    }
  }

  private void send(HttpServerResponse http, MockResponse response) {
    http.setStatusCode(response.code());
    response.getHeaders().toMultimap().forEach((name, values) -> http.headers().add(name, values));
    byte[] body = response.getBody() == null ? new byte[0] : response.getBody().getBytes();
    Runnable send = () -> http.send(io.vertx.core.buffer.Buffer.buffer(body));
    if (response.getBodyDelay() == null || response.getBodyDelay().isZero()) {
      send.run();
    } else {
      vertx.setTimer(response.getBodyDelay().toMillis(), timer -> send.run());
    }
  }
}
