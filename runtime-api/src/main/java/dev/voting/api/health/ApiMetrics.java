package dev.voting.api.health;

import dev.voting.api.http.HttpMetrics;
import dev.voting.api.poll.PollMetrics;
import dev.voting.api.results.FeedMetrics;
import dev.voting.api.vote.WriterMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The service's own metrics; their names are documented in docs/api.md. */
public final class ApiMetrics implements HttpMetrics, WriterMetrics, FeedMetrics {
  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500)
  };
  private static final double[] BATCH_BUCKETS = {1, 2, 5, 10, 20, 50, 100, 200, 512};

  private final MeterRegistry registry;
  private final Map<Request, Timer> requests = new ConcurrentHashMap<>();
  private final DistributionSummary batchSize;
  private final Timer batchTime;
  private final Counter queueFull;
  private final Counter redisErrors;
  private final Counter postgresErrors;

  public ApiMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.batchSize =
        DistributionSummary.builder("vote.batch.size")
            .description("Votes that shared one round trip to Redis")
            .serviceLevelObjectives(BATCH_BUCKETS)
            .register(registry);
    this.batchTime =
        Timer.builder("vote.batch")
            .description("Round trips of votes to Redis")
            .serviceLevelObjectives(LATENCY_BUCKETS)
            .register(registry);
    this.queueFull = counter("vote.queue.full", "Votes refused because too many were waiting");
    this.redisErrors =
        counter("redis.errors", "Connections to Redis that failed, broke or refused");
    this.postgresErrors = counter("postgres.errors", "Connections or queries that failed");
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** Those of a poll, which there are only where there is one. */
  public PollMetrics poll() {
    Counter late = counter("votes.late", "Votes answered 409 because the poll was closed");
    Counter retries =
        counter("poll.fence.retries", "Batches that Redis refused because the poll had changed");
    return new PollMetrics() {
      @Override
      public void late() {
        late.increment();
      }

      @Override
      public void fenceRetry() {
        retries.increment();
      }
    };
  }

  /**
   * Reports whether something that the service depends on is up.
   *
   * @param problem why it is unavailable, if it is
   */
  public void dependency(String name, Supplier<Optional<String>> problem) {
    Gauge.builder("dependency.up", () -> problem.get().isEmpty() ? 1 : 0)
        .description("1 while the dependency works; a vote needs all but postgres")
        .tag("dependency", name)
        .register(registry);
  }

  @Override
  public void answered(String route, String method, int status, long nanos) {
    requests
        .computeIfAbsent(new Request(route, method, status), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Request request) {
    return Timer.builder("http.server.requests")
        .description("Requests by route and status; streams count when they begin")
        .tag("route", request.route())
        .tag("method", request.method())
        .tag("status", Integer.toString(request.status()))
        .serviceLevelObjectives(LATENCY_BUCKETS)
        .register(registry);
  }

  @Override
  public void batch(int votes, long nanos) {
    batchSize.record(votes);
    batchTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void queueFull() {
    queueFull.increment();
  }

  @Override
  public void redisError() {
    redisErrors.increment();
  }

  @Override
  public void postgresError() {
    postgresErrors.increment();
  }

  @Override
  public void queue(IntSupplier length) {
    Gauge.builder("vote.queue.length", length::getAsInt)
        .description("Votes that wait for the next batch")
        .register(registry);
  }

  @Override
  public void streams(IntSupplier count) {
    Gauge.builder("results.streams", count::getAsInt)
        .description("Result streams that are open")
        .register(registry);
  }

  /** How many connections are open, besides streams; may be called at any time. */
  public void connections(IntSupplier count) {
    Gauge.builder("http.server.connections", count::getAsInt)
        .description("Connections that are open, besides result streams")
        .register(registry);
  }

  private record Request(String route, String method, int status) {}
}
