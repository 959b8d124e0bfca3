package dev.voting.local.ingress;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.httpproxy.Body;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyResponse;
import java.io.IOException;
import java.net.BindException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The ingress of the local node: one port, with the rules of every Ingress and HTTPRoute. */
public final class IngressServer implements AutoCloseable {
  private static final String PORT = "port";
  private static final String BACKEND = "backend";

  private final Router router;
  private final HttpClient client;
  private final HttpServer server;
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * Listens at once.
   *
   * @param host the address to listen on
   * @param port the port; 0 for a free one
   * @throws IOException if the port is in use or not allowed
   */
  public IngressServer(KubernetesClient kubernetes, Vertx vertx, String host, int port)
      throws IOException {
    this.router = new Router(kubernetes);
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setMaxPoolSize(1024)
                .setKeepAliveTimeout(30)
                .setConnectTimeout(2000));
    HttpProxy proxy = HttpProxy.reverseProxy(client);
    proxy.addInterceptor(
        new ProxyInterceptor() {
          @Override
          public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
            return handle(context);
          }

          @Override
          public Future<Void> handleProxyResponse(ProxyContext context) {
            Route.Backend backend = context.get(BACKEND, Route.Backend.class);
            if (backend != null) {
              backend.headers().forEach(context.response()::putHeader);
            }
            return context.sendResponse();
          }
        });
    proxy.origin(
        context ->
            client.request(
                new RequestOptions()
                    .setHost("127.0.0.1")
                    .setPort(context.get(PORT, Integer.class))));
    HttpServer unbound =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setTcpNoDelay(true)
                    .setMaxHeaderSize(32 * 1024)
                    // As nginx: a client that offers HTTP/2 without TLS is answered in HTTP/1.1.
                    .setHttp2ClearTextEnabled(false))
            .requestHandler(proxy);
    try {
      this.server = unbound.listen(port, host).toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      client.close();
      router.close();
      throw e.getCause() instanceof BindException
          ? (BindException) e.getCause()
          : new IOException(e.getCause());
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  @Override
  public void close() {
    server
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .completeOnTimeout(null, 5, TimeUnit.SECONDS)
        .join();
    client.close();
    router.close();
  }

  private Future<ProxyResponse> handle(ProxyContext context) {
    HttpServerRequest request = context.request().proxiedRequest();
    String host = request.getHeader(HttpHeaders.HOST);
    return switch (router.route(host == null ? "" : host, request.path())) {
      case Route.None _ ->
          answer(context, 404, "no Ingress or HTTPRoute has a rule for this host and path");
      case Route.Backend backend when backend.ports().isEmpty() ->
          answer(context, 503, "no pod of " + backend.service() + " is ready");
      case Route.Backend backend -> forward(context, request, backend);
    };
  }

  private Future<ProxyResponse> forward(
      ProxyContext context, HttpServerRequest request, Route.Backend backend) {
    int next = Math.floorMod(turn.getAndIncrement(), backend.ports().size());
    context.set(PORT, backend.ports().get(next));
    context.set(BACKEND, backend);
    // As ingress-nginx by default: the client's own forwarding headers are not trusted.
    String client = request.remoteAddress().hostAddress();
    context.request().putHeader("X-Forwarded-For", client);
    context.request().putHeader("X-Real-IP", client);
    context.request().putHeader("X-Forwarded-Proto", request.scheme());
    String host = request.getHeader(HttpHeaders.HOST);
    if (host != null) {
      context.request().putHeader("X-Forwarded-Host", host);
    }
    long limit = backend.maxBodyBytes();
    if (limit == 0) {
      return context.sendRequest();
    }
    long length = context.request().getBody().length();
    if (length > limit) {
      return tooLarge(context);
    }
    if (length >= 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null) {
      return context.sendRequest();
    }
    return collect(request, limit)
        .compose(
            body -> {
              if (body.length() > limit) {
                return tooLarge(context);
              }
              context.request().setBody(Body.body(body));
              return context.sendRequest();
            });
  }

  /** Reads a body of unknown length, one byte beyond the limit at most. */
  private static Future<Buffer> collect(HttpServerRequest request, long limit) {
    Promise<Buffer> promise = Promise.promise();
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() <= limit) {
            body.appendBuffer(chunk);
          }
          if (body.length() > limit) {
            promise.tryComplete(body);
          }
        });
    request.endHandler(end -> promise.tryComplete(body));
    request.exceptionHandler(promise::tryFail);
    request.resume();
    return promise.future();
  }

  private static Future<ProxyResponse> tooLarge(ProxyContext context) {
    context.request().proxiedRequest().response().putHeader(HttpHeaders.CONNECTION, "close");
    return answer(context, 413, "the request's body is larger than the Ingress allows");
  }

  private static Future<ProxyResponse> answer(ProxyContext context, int status, String why) {
    ProxyResponse response = context.request().release().response();
    response.setStatusCode(status);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8");
    if (status == 503) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "1");
    }
    response.setBody(Body.body(Buffer.buffer(status + ": " + why + "\n")));
    return Future.succeededFuture(response);
  }
}
