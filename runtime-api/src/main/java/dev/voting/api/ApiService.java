package dev.voting.api;

import dev.voting.api.connections.EventStreams;
import dev.voting.api.connections.Listener;
import dev.voting.api.health.ApiMetrics;
import dev.voting.api.health.Readiness;
import dev.voting.api.http.Client;
import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpApi;
import dev.voting.api.http.ProtocolErrors;
import dev.voting.api.http.RateLimit;
import dev.voting.api.http.Replies;
import dev.voting.api.http.RequestBody;
import dev.voting.api.results.ResultsEndpoint;
import dev.voting.api.results.ResultsFeed;
import dev.voting.api.results.ResultsStreamEndpoint;
import dev.voting.api.vote.VoteEndpoint;
import dev.voting.api.vote.VoteRequests;
import dev.voting.api.vote.VoteWriter;
import dev.voting.runtime.Metrics;
import dev.voting.runtime.OperationsServer;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole service: writer, feed and HTTP server. */
public final class ApiService implements AutoCloseable {
  private static final Duration IDLE_CONNECTION = Duration.ofSeconds(75);

  /** The longest that a client of a stream may leave its data unread. */
  private static final Duration STALLED_STREAM = Duration.ofSeconds(20);

  /** As long as a kubelet may take to update the Secret in the server's pod. */
  private static final Duration FIRST_RESULTS = Duration.ofMinutes(2);

  /** Dependencies that no vote needs. */
  private static final Set<String> INFORMATIVE = Set.of("postgres");

  private static final Logger log = LoggerFactory.getLogger(ApiService.class);

  private final PrometheusMeterRegistry registry = Metrics.registry();
  private final VoteWriter writer;
  private final ResultsFeed feed;
  private final EventStreams streams;
  private final Listener listener;
  private final Duration shutdownGrace;
  private final InetSocketAddress metricsAddress;
  private final Map<String, Supplier<Optional<String>>> dependencies = new LinkedHashMap<>();
  private final HeapReturn heapReturn = HeapReturn.ofThisProcess();
  private final Optional<PollParts> poll;
  private OperationsServer operations;
  private volatile long started = System.nanoTime();
  private volatile boolean draining;

  /** Wires the service; {@link #start} starts it. */
  public ApiService(Settings settings) {
    this(settings, Clock.systemUTC());
  }

  /**
   * The same on a machine whose clock is wrong.
   *
   * @param clock of the machine
   */
  public ApiService(Settings settings, Clock clock) {
    ApiMetrics metrics = new ApiMetrics(registry);
    this.poll = settings.poll().map(given -> new PollParts(given, metrics.poll(), clock));
    this.writer = Backends.writer(settings, metrics, poll.map(PollParts::gate));
    this.streams = new EventStreams(settings.maxStreams(), settings.streamAge(), STALLED_STREAM);
    this.feed = feed(settings, metrics);
    dependencies.put("redis", writer::problem);
    dependencies.put("postgres", feed::problem);
    dependencies.put("server", this::startingOrStopping);
    dependencies.forEach(metrics::dependency);
    this.shutdownGrace = settings.shutdownGrace();
    this.metricsAddress = new InetSocketAddress(settings.listenAddress(), settings.metricsPort());
    this.listener =
        new Listener(
            new InetSocketAddress(settings.listenAddress(), settings.port()),
            endpoints(settings, metrics, clock).routing(),
            ProtocolErrors.handlers(),
            new Listener.Limits(
                settings.maxConnections(),
                settings.requestBytes(),
                RequestBody.MAX_BYTES,
                settings.requestDeadline(),
                IDLE_CONNECTION));
    metrics.connections(listener::size);
  }

  private ResultsFeed feed(Settings settings, ApiMetrics metrics) {
    DataSource database = Backends.database(settings);
    poll.ifPresent(parts -> parts.announceTo(streams));
    return poll.map(parts -> parts.feed(database, streams, metrics, settings.heartbeat()))
        .orElseGet(() -> ResultsFeed.of(database, streams, metrics, settings.heartbeat()));
  }

  private HttpApi endpoints(Settings settings, ApiMetrics metrics, Clock clock) {
    Client client = new Client(settings.trustedProxies(), settings.trustedHops());
    VoteRequests votes = new VoteRequests(client, settings.recordClient(), clock);
    HttpApi api = common(settings, client, metrics);
    poll.ifPresentOrElse(
        parts -> parts.routes(api, writer, votes, feed, client),
        () ->
            api.on(Method.POST, "/api/vote", new VoteEndpoint(writer, votes))
                .on(Method.GET, "/api/results", new ResultsEndpoint(feed)));
    return api;
  }

  private HttpApi common(Settings settings, Client client, ApiMetrics metrics) {
    return new HttpApi(
            client,
            settings.cors(),
            settings.rateLimit().map(r -> new RateLimit(r.requestsPerSecond(), r.burst())),
            metrics,
            () -> draining)
        .on(Method.GET, "/api/results/stream", new ResultsStreamEndpoint(streams))
        .on(Method.GET, "/health", json(resource("health.json")))
        .on(Method.GET, "/ready", new Readiness(dependencies, INFORMATIVE))
        .on(
            Method.GET,
            "/openapi.json",
            json(resource(poll.isPresent() ? "openapi-poll.json" : "openapi.json")))
        .on(
            Method.GET,
            "/metrics",
            (request, response) -> {
              response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, Metrics.CONTENT_TYPE));
              response.header(Replies.NO_STORE);
              Replies.send(
                  request,
                  response,
                  registry.scrape().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            });
  }

  /**
   * No vote needs PostgreSQL, but a new pod waits for its first answer, or a rollout would answer
   * that there are no results; and for its login, or a rotation would.
   */
  private Optional<String> startingOrStopping() {
    if (draining) {
      return Optional.of("shutting down");
    }
    if (poll.isPresent() && !poll.get().isKnown()) {
      return Optional.of("the poll is not known yet");
    }
    return feed.isSettled() || System.nanoTime() - started > FIRST_RESULTS.toNanos()
        ? Optional.empty()
        : Optional.of("starting");
  }

  private static Endpoint json(byte[] document) {
    return (request, response) -> {
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
   * Listens, whether or not Redis and PostgreSQL are available.
   *
   * @throws PortTakenException if a port is in use
   */
  public void start() {
    started = System.nanoTime();
    poll.ifPresent(PollParts::start);
    writer.start();
    feed.start();
    streams.start();
    String variable = "METRICS_PORT";
    try {
      operations =
          new OperationsServer(
              metricsAddress, registry, Optional::empty, dependencies, INFORMATIVE);
      variable = "PORT";
      listener.start();
    } catch (IOException e) {
      close();
      throw new PortTakenException(variable, e);
    }
    heapReturn.start();
    log.info("listening on port {}, for probes and metrics on {}", port(), metricsPort());
  }

  /** The TCP port that is listened on. */
  public int port() {
    return listener.port();
  }

  /** The TCP port of probes and metrics. */
  public int metricsPort() {
    return operations.port();
  }

  /** Becomes unready and closes connections after their answer, but still accepts requests. */
  public void drain() {
    draining = true;
  }

  /** Stops accepting connections, answers the requests in flight, ends the streams, and closes. */
  @Override
  public void close() {
    drain();
    heapReturn.close();
    poll.ifPresent(PollParts::close);
    feed.close();
    streams.close();
    listener.end(shutdownGrace);
    listener.close();
    writer.close();
    if (operations != null) {
      operations.close();
    }
    registry.close();
    log.info("stopped");
  }
}
