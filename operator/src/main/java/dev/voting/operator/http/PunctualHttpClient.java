package dev.voting.operator.http;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's client, whose requests have their time-out for the whole exchange, to the last byte of
 * the answer. A request without a time-out, as a watch is, may last.
 */
final class PunctualHttpClient extends HttpClient {

  private final HttpClient client;
  private final Duration silence;

  /**
   * @param client the JDK's
   * @param silence how often a WebSocket must show that it lives
   */
  PunctualHttpClient(HttpClient client, Duration silence) {
    this.client = client;
    this.silence = silence;
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    return send(request, handler, limited -> client.sendAsync(request, limited));
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushes) {
    return send(request, handler, limited -> client.sendAsync(request, limited, pushes));
  }

  private static <T> CompletableFuture<HttpResponse<T>> send(
      HttpRequest request,
      BodyHandler<T> handler,
      Function<BodyHandler<T>, CompletableFuture<HttpResponse<T>>> sender) {
    if (request.timeout().isEmpty()) {
      return sender.apply(handler);
    }
    var exchange = new Exchange(request, request.timeout().get());
    return exchange.limit(sender.apply(exchange.limit(handler)));
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return client.send(request, handler);
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return new PingingWebSocketBuilder(client.newWebSocketBuilder(), silence);
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }
}
