package dev.voting.api;

import dev.voting.api.health.ApiMetrics;
import dev.voting.api.health.Readiness;
import dev.voting.api.http.Client;
import dev.voting.api.http.Connections;
import dev.voting.api.http.Deadlines;
import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpApi;
import dev.voting.api.http.ProtocolErrors;
import dev.voting.api.http.RateLimit;
import dev.voting.api.http.Replies;
import dev.voting.api.results.ResultsEndpoint;
import dev.voting.api.results.ResultsFeed;
import dev.voting.api.results.ResultsStreamEndpoint;
import dev.voting.api.vote.VoteEndpoint;
import dev.voting.api.vote.VoteWriter;
import dev.voting.runtime.Metrics;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole service, put together: writer, feed and HTTP server. */
public final class ApiService implements AutoCloseable {
  private static final Duration IDLE_CONNECTION = Duration.ofSeconds(75);

  /** As long as a kubelet may take to bring a new login into the server's pod. */
  private static final Duration FIRST_RESULTS = Duration.ofMinutes(2);

  private static final Logger log = LoggerFactory.getLogger(ApiService.class);

  private final PrometheusMeterRegistry registry = Metrics.registry();
  private final VoteWriter writer;
  private final ResultsFeed feed;
  private final Deadlines deadlines;
  private final Connections connections;
  private final WebServer server;
  private volatile long started = System.nanoTime();
  private volatile boolean draining;

  /** Puts the service together; {@link #start} sets it in motion. */
  public ApiService(Settings settings) {
    ApiMetrics metrics = new ApiMetrics(registry);
    this.writer = Backends.writer(settings, metrics);
    this.feed = ResultsFeed.of(Backends.database(settings), metrics, settings.heartbeat());
    this.deadlines = new Deadlines(settings.requestDeadline());
    this.connections =
        new Connections(
            Http1Config.builder()
                .maxHeadersSize(16 * 1024)
                .maxPrologueLength(4 * 1024)
                .sendKeepAliveHeader(false)
                // All that we send is ours, or was checked when the settings were read.
                .validateResponseHeaders(false)
                .build(),
            deadlines);
    HttpApi api = endpoints(settings, metrics);
    this.server =
        WebServer.builder()
            .address(settings.listenAddress())
            .port(settings.port())
            .routing(api.routing())
            .directHandlers(ProtocolErrors.handlers())
            .maxPayloadSize(HttpApi.MAX_READ_BYTES)
            .maxTcpConnections(settings.maxConnections())
            .idleConnectionTimeout(IDLE_CONNECTION)
            .idleConnectionPeriod(Duration.ofSeconds(5))
            .shutdownGracePeriod(settings.shutdownGrace())
            .shutdownHook(false)
            .addConnectionSelector(connections)
            .connectionOptions(connections.socketOptions())
            .protocolsDiscoverServices(false)
            .build();
  }

  private HttpApi endpoints(Settings settings, ApiMetrics metrics) {
    Client client = new Client(settings.trustedProxies());
    Map<String, Supplier<Optional<String>>> dependencies = new LinkedHashMap<>();
    dependencies.put("redis", writer::problem);
    dependencies.put("postgres", feed::problem);
    dependencies.put("server", this::startingOrStopping);
    dependencies.forEach(metrics::dependency);
    return new HttpApi(
            client,
            settings.cors(),
            settings.rateLimit().map(r -> new RateLimit(r.requestsPerSecond(), r.burst())),
            deadlines,
            metrics,
            () -> draining)
        .on(
            Method.POST,
            "/api/vote",
            new VoteEndpoint(writer, client, settings.recordClient(), Clock.systemUTC()))
        .on(Method.GET, "/api/results", new ResultsEndpoint(feed))
        .on(Method.GET, "/api/results/stream", new ResultsStreamEndpoint(feed, deadlines))
        .on(Method.GET, "/health", json(resource("health.json")))
        .on(Method.GET, "/ready", new Readiness(dependencies, Set.of("postgres")))
        .on(Method.GET, "/openapi.json", json(resource("openapi.json")))
        .on(
            Method.GET,
            "/metrics",
            (request, response, body) -> {
              response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, Metrics.CONTENT_TYPE));
              response.header(Replies.NO_STORE);
              Replies.send(
                  request,
                  response,
                  registry.scrape().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            });
  }

  /**
   * No vote needs PostgreSQL, but a pod that is new waits for its first word, or a rollout would
   * answer that there are no results; and for its login, or a rotation would.
   */
  private Optional<String> startingOrStopping() {
    if (draining) {
      return Optional.of("shutting down");
    }
    return feed.isSettled() || System.nanoTime() - started > FIRST_RESULTS.toNanos()
        ? Optional.empty()
        : Optional.of("starting");
  }

  private static Endpoint json(byte[] document) {
    return (request, response, body) -> {
      response.header(Replies.JSON);
      response.header(Replies.NO_STORE);
      Replies.send(request, response, document);
    };
  }

  private static byte[] resource(String name) {
    try (InputStream in = ApiService.class.getResourceAsStream("/dev/voting/api/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("this jar is damaged: " + name, e);
    }
  }

  /**
   * Listens, whether or not Redis and PostgreSQL are there yet.
   *
   * @throws IllegalStateException when the port cannot be had
   */
  public void start() {
    started = System.nanoTime();
    writer.start();
    feed.start();
    server.start();
    if (!server.isRunning()) {
      close();
      throw new IllegalStateException("cannot listen");
    }
    log.info("listening on port {}", port());
  }

  /** The TCP port that is listened on. */
  public int port() {
    return server.port();
  }

  /** From now on unready, and keeps no connection, but still answers whoever comes. */
  public void drain() {
    draining = true;
  }

  /** Stops taking connections, answers the requests in hand, ends the streams, and lets go. */
  @Override
  public void close() {
    drain();
    feed.close();
    connections.end();
    server.stop();
    writer.close();
    deadlines.close();
    registry.close();
    log.info("stopped");
  }
}
