package dev.voting.consumer.pipeline;

import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.store.VoteDatabase;
import dev.voting.consumer.stream.Batch;
import dev.voting.consumer.stream.PollStream;
import dev.voting.consumer.stream.VoteStream;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/** The three steps of a batch and the threads that they run on. */
public final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  private final Settings settings;
  private final ConsumerMetrics metrics;
  private final Dependency redis;
  private final Dependency database;
  private final VoteStream readStream;
  private final VoteStream acknowledgeStream;
  private final VoteStream housekeepingStream;
  private final PollStream pollStream;
  private final VoteDatabase store;
  private final InFlight inFlight = new InFlight();
  private final List<Thread> steps;
  private final Thread housekeeping;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Instant started = Instant.now();
  private volatile boolean stopping;
  private boolean running;

  public Pipeline(Settings settings, MeterRegistry registry) {
    this.settings = settings;
    metrics = new ConsumerMetrics(registry);
    redis = new Dependency("Redis", metrics.redisReconnects);
    database = new Dependency("PostgreSQL", metrics.databaseReconnects);
    readStream = new VoteStream(settings);
    acknowledgeStream = new VoteStream(settings);
    housekeepingStream = new VoteStream(settings);
    pollStream = new PollStream(settings);
    store = new VoteDatabase(settings, registry);

    // One batch waits while one is recorded, and one while one is acknowledged.
    BlockingQueue<Optional<Batch>> batches = new ArrayBlockingQueue<>(1);
    BlockingQueue<Optional<Settled>> settled = new ArrayBlockingQueue<>(1);
    BatchSize batchSize = new BatchSize(settings.batchSize());
    Reader reader =
        new Reader(
            settings,
            readStream,
            new RedisRetry(settings, redis),
            batchSize,
            metrics,
            inFlight,
            batches,
            () -> stopping);
    Recorder recorder =
        new Recorder(
            settings,
            store,
            database,
            batchSize,
            metrics,
            new PollKeeper(pollStream, store, metrics),
            batches,
            settled);
    Acknowledger acknowledger =
        new Acknowledger(
            acknowledgeStream, new RedisRetry(settings, redis), metrics, inFlight, settled);
    steps =
        List.of(
            thread("reader", reader::run),
            thread("recorder", recorder::run),
            thread("acknowledger", acknowledger::run));
    housekeeping = thread("housekeeper", new Housekeeper(housekeepingStream, metrics)::run);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws InterruptedException;
  }

  private Thread thread(String name, Step step) {
    return Thread.ofPlatform()
        .name(name)
        .unstarted(
            () -> {
              try {
                step.run();
              } catch (InterruptedException e) {
                LOG.debug("{} is interrupted", name);
              } catch (RuntimeException | Error e) {
                ended.completeExceptionally(e);
              }
            });
  }

  /** Starts all steps, unless it was stopped before. */
  public synchronized void start() {
    if (stopping) {
      return;
    }
    running = true;
    steps.forEach(Thread::start);
    housekeeping.start();
    Thread.ofPlatform().name("watcher").start(this::awaitSteps);
  }

  private void awaitSteps() {
    try {
      for (Thread step : steps) {
        step.join();
      }
      ended.complete(null);
    } catch (InterruptedException e) {
      ended.completeExceptionally(e);
    }
  }

  /** Completes when all steps have ended; with the failure, if one made it end. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** By name of each dependency: why it is unavailable, if it is. */
  public Map<String, Supplier<Optional<String>>> dependencies() {
    return Map.of("redis", redis::problem, "postgres", database::problem);
  }

  /**
   * Stops reading and waits until the batches in flight are recorded and acknowledged, but not
   * longer than the grace period; the others stay pending in Redis, for the next consumer.
   *
   * @return whether nothing was left
   */
  public boolean stop(Duration grace) {
    boolean finished = false;
    synchronized (this) {
      stopping = true;
      if (!running) {
        ended.complete(null);
      }
    }
    try {
      ended.get(grace.toMillis(), TimeUnit.MILLISECONDS);
      finished = inFlight.count() == 0;
    } catch (TimeoutException | ExecutionException e) {
      LOG.debug("not finished in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    steps.forEach(Thread::interrupt);
    housekeeping.interrupt();
    if (finished && running) {
      leaveGroup();
    }
    logSummary(finished ? "nothing left in flight" : "the batches in flight stay pending in Redis");
    return finished;
  }

  /** One line that says what this run did. */
  public void logSummary(String ending) {
    LOG.info(
        "stopped after {} s: {} votes recorded, {} duplicates, {} repeated requests, {} dead"
            + " letters; {}",
        Duration.between(started, Instant.now()).toSeconds(),
        (long) metrics.processed.count(),
        (long) metrics.duplicates.count(),
        (long) metrics.repeatedRequests.count(),
        (long) metrics.dead.count(),
        ending);
  }

  private void leaveGroup() {
    try {
      readStream.leave(settings.consumer());
    } catch (JedisException e) {
      LOG.debug("the name stays in the group: {}", e.getMessage());
    }
    store.close();
    readStream.close();
    acknowledgeStream.close();
  }
}
