package dev.voting.api.http;

import dev.voting.api.connections.Connection;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all endpoints have in common: security headers, CORS, rate limit, errors as problem+json,
 * metrics. A request that is refused by its path, its method or its client's rate is refused before
 * its body is read.
 */
public final class HttpApi {
  private static final Logger log = LoggerFactory.getLogger(HttpApi.class);
  private static final String LIMITED_PREFIX = "/api/";

  private final Map<String, Map<Method, Endpoint>> routes = new LinkedHashMap<>();
  private final Client client;
  private final Cors cors;
  private final Optional<RateLimit> rateLimit;
  private final HttpMetrics metrics;
  private final BooleanSupplier draining;

  /**
   * @param draining whether the service is stopping, so that connections are not kept alive
   */
  public HttpApi(
      Client client,
      Cors cors,
      Optional<RateLimit> rateLimit,
      HttpMetrics metrics,
      BooleanSupplier draining) {
    this.client = client;
    this.cors = cors;
    this.rateLimit = rateLimit;
    this.metrics = metrics;
    this.draining = draining;
  }

  /** Adds an endpoint; one for GET serves HEAD too. */
  public HttpApi on(Method method, String path, Endpoint endpoint) {
    Map<Method, Endpoint> methods = routes.computeIfAbsent(path, p -> new LinkedHashMap<>());
    methods.put(method, endpoint);
    if (method == Method.GET) {
      methods.put(Method.HEAD, endpoint);
    }
    return this;
  }

  /** The routing for the server. */
  public HttpRouting.Builder routing() {
    HttpRouting.Builder routing = HttpRouting.builder().addFilter(this::around);
    routing.any(this::route);
    routing.error(HttpProblem.class, Replies::problem);
    routing.error(Throwable.class, this::unexpected);
    return routing;
  }

  private void around(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    long start = System.nanoTime();
    SecurityHeaders.ALL.forEach(response::header);
    if (client.secure(request)) {
      response.header(SecurityHeaders.STRICT_TRANSPORT);
    }
    if (draining.getAsBoolean()) {
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    cors.decorate(request, response);
    try {
      chain.proceed();
    } finally {
      Connection.current().answered();
      metrics.answered(
          label(request.path().path()),
          method(request.prologue().method()),
          response.status().code(),
          System.nanoTime() - start);
    }
    // The server sends "close", but would then wait for the client to close.
    if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)
        || response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
      throw new CloseConnectionException("closed by client or service");
    }
  }

  private String label(String path) {
    return routes.containsKey(path) ? path : "other";
  }

  private static String method(Method method) {
    return switch (method.text()) {
      case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" -> method.text();
      default -> "other";
    };
  }

  private void route(ServerRequest request, ServerResponse response) throws Exception {
    String path = request.path().path();
    Map<Method, Endpoint> methods = routes.get(path);
    if (methods == null) {
      throw HttpProblem.of(Status.NOT_FOUND_404, "no such path");
    }
    Method method = request.prologue().method();
    Endpoint endpoint = methods.get(method);
    if (endpoint != null) {
      if (rateLimit.isPresent() && path.startsWith(LIMITED_PREFIX)) {
        rateLimit.get().take(client.address(request));
      }
      if (!request.content().hasEntity()) {
        Connection.current().received();
      }
      handle(endpoint, request, response);
    } else if (method == Method.OPTIONS) {
      options(request, response, methods);
    } else {
      throw HttpProblem.of(
              Status.METHOD_NOT_ALLOWED_405,
              "this path supports " + String.join(", ", allow(methods)))
          .with(HeaderValues.create(HeaderNames.ALLOW, String.join(", ", allow(methods))));
    }
  }

  private static void handle(Endpoint endpoint, ServerRequest request, ServerResponse response)
      throws Exception {
    try {
      endpoint.handle(request, response);
    } catch (IOException | UncheckedIOException | DataReader.InsufficientDataAvailableException e) {
      throw new CloseConnectionException("the connection was lost within the request", e);
    }
  }

  private void options(
      ServerRequest request, ServerResponse response, Map<Method, Endpoint> methods) {
    if (cors.isPreflight(request)) {
      cors.preflight(request, response, allow(methods));
    } else {
      response.header(HeaderValues.create(HeaderNames.ALLOW, String.join(", ", allow(methods))));
      response.status(Status.NO_CONTENT_204).send();
    }
  }

  private static TreeSet<String> allow(Map<Method, Endpoint> methods) {
    TreeSet<String> names = new TreeSet<>();
    methods.keySet().forEach(m -> names.add(m.text()));
    names.add("OPTIONS");
    return names;
  }

  private void unexpected(ServerRequest request, ServerResponse response, Throwable error) {
    switch (error) {
      // The connection is lost, or cannot carry an answer; the server handles that.
      case CloseConnectionException e -> throw e;
      case RequestException e -> throw e;
      case InterruptedException e ->
          throw new CloseConnectionException("the service is stopping", e);
      default -> {
        log.error("a request failed unexpectedly", error);
        Replies.problem(
            request,
            response,
            HttpProblem.of(
                Status.INTERNAL_SERVER_ERROR_500, "internal error; see the log of the service"));
      }
    }
  }
}
