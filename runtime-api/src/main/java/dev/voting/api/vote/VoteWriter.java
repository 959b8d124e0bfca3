package dev.voting.api.vote;

import dev.voting.api.poll.PollGate;
import dev.voting.runtime.VoteEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes votes to the stream, many in one round trip: a batch leaves as soon as the previous one is
 * answered, so an idle server adds no delay and a busy one shares each round trip.
 *
 * <p>One thread owns the one connection. It reconnects for ever; meanwhile votes wait in the queue
 * until their own deadline, and once Redis has been unavailable for longer than a deadline they are
 * refused at once.
 */
public final class VoteWriter implements AutoCloseable {
  /** A batch as long as this fills a network buffer; longer ones only delay their first vote. */
  private static final int MAX_BATCH = 512;

  private static final String SHUTTING_DOWN = "this server is shutting down";
  private static final Duration CLOCK_TICK = Duration.ofMillis(50);
  private static final Duration IDLE_PING = Duration.ofMillis(500);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private static final Logger log = LoggerFactory.getLogger(VoteWriter.class);

  private final VoteAppender.Connector connector;
  private final WriterMetrics metrics;
  private final long deadlineNanos;
  private final BlockingQueue<PendingVote> queue;
  private final Thread thread;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("vote-clock").daemon().factory());

  /** New votes are refused; those in the queue are answered. */
  private volatile boolean closing;

  /** The thread has ended, so nobody answers a vote that comes now. */
  private volatile boolean closed;

  private volatile Availability redis;
  private volatile List<PendingVote> sent = List.of();

  // Owned by the writer's thread.
  private VoteAppender appender;
  private Duration pause = FIRST_PAUSE;

  /**
   * Creates a writer; {@link #start} starts its thread.
   *
   * @param deadline the longest that a vote waits, in the queue and for its answer together
   * @param queueLength how many votes may wait; a further one is refused at once
   */
  VoteWriter(
      VoteAppender.Connector connector, WriterMetrics metrics, Duration deadline, int queueLength) {
    this.connector = connector;
    this.metrics = metrics;
    this.deadlineNanos = deadline.toNanos();
    this.queue = new ArrayBlockingQueue<>(queueLength);
    this.redis = new Availability.Unavailable("not connected yet", System.nanoTime());
    this.thread = Thread.ofPlatform().name("vote-writer").daemon().unstarted(this::run);
    metrics.queue(queue::size);
  }

  /**
   * A writer to a stream in Redis.
   *
   * @param config credentials and TLS; its timeouts bound connecting
   * @param stream name of the stream
   * @param group the consumers' group, created if it is missing
   * @param deadline the longest that a vote waits, in the queue and for its answer together
   * @param queueLength how many votes may wait; a further one is refused at once
   * @param poll which votes are taken, if not all
   */
  public static VoteWriter to(
      HostAndPort address,
      JedisClientConfig config,
      String stream,
      String group,
      Duration deadline,
      int queueLength,
      WriterMetrics metrics,
      Optional<PollGate> poll) {
    StreamSettings settings = new StreamSettings(stream, group, deadline);
    return new VoteWriter(
        new RedisConnector(address, config, settings, poll), metrics, deadline, queueLength);
  }

  public void start() {
    thread.start();
    clock.scheduleWithFixedDelay(
        this::expireLate, CLOCK_TICK.toMillis(), CLOCK_TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Answers the votes past their deadline. One clock for all is much cheaper than a timer for each
   * vote, of which hardly any is ever late.
   */
  private void expireLate() {
    long now = System.nanoTime();
    for (PendingVote pending : queue) {
      if (pending.late(now)) {
        refuse(pending, "the vote store did not take the vote in time");
      }
    }
    for (PendingVote pending : sent) {
      if (pending.late(now)) {
        pending.complete(new VoteOutcome.Unclear("the vote store did not answer in time"));
      }
    }
  }

  /**
   * Sends the vote to Redis and waits for the answer, never longer than the deadline.
   *
   * @throws InterruptedException when the waiting thread is interrupted; the outcome is then
   *     unclear
   */
  public VoteOutcome write(VoteEvent vote) throws InterruptedException {
    if (closing) {
      return new VoteOutcome.Refused(SHUTTING_DOWN);
    }
    if (redis instanceof Availability.Unavailable down && isDownForLong(down)) {
      return new VoteOutcome.Refused(down.reason());
    }
    PendingVote pending = new PendingVote(vote, System.nanoTime() + deadlineNanos);
    if (!queue.offer(pending)) {
      metrics.queueFull();
      return new VoteOutcome.Refused("too many votes are waiting");
    }
    if (closed) {
      refuse(pending, SHUTTING_DOWN);
    }
    return pending.await();
  }

  /** Whether Redis answers, as last seen; at most about a second old. */
  public Optional<String> problem() {
    return switch (redis) {
      case Availability.Unavailable down -> Optional.of(down.reason());
      case Availability.Available up when System.nanoTime() - up.since() > staleNanos() ->
          Optional.of("no answer in time");
      case Availability.Available up -> Optional.empty();
    };
  }

  private static long staleNanos() {
    return 3 * IDLE_PING.toNanos();
  }

  private boolean isDownForLong(Availability.Unavailable down) {
    return System.nanoTime() - down.since() > deadlineNanos;
  }

  private void run() {
    while (!closing || !queue.isEmpty()) {
      try {
        if (appender == null && !connect()) {
          continue;
        }
        PendingVote first = queue.poll(IDLE_PING.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
          appender.ping(IDLE_PING);
          answered();
          continue;
        }
        List<PendingVote> batch = collect(first);
        if (!batch.isEmpty()) {
          sent = batch;
          write(batch);
        }
      } catch (InterruptedException e) {
        closing = true;
      } catch (RuntimeException e) {
        lost(e, sent);
      } finally {
        sent = List.of();
      }
    }
    disconnect();
  }

  private List<PendingVote> collect(PendingVote first) {
    List<PendingVote> batch = new ArrayList<>();
    for (PendingVote next = first; next != null; next = queue.poll()) {
      if (next.claim()) {
        batch.add(next);
        if (batch.size() == MAX_BATCH) {
          break;
        }
      }
    }
    return batch;
  }

  private void write(List<PendingVote> batch) {
    long start = System.nanoTime();
    Optional<String> leave = appender.write(batch);
    metrics.batch(batch.size(), System.nanoTime() - start);
    answered();
    if (leave.isPresent()) {
      metrics.redisError();
      unavailable(leave.get());
    }
  }

  private boolean connect() {
    try {
      appender = connector.connect();
    } catch (RuntimeException e) {
      metrics.redisError();
      unavailable(RedisErrors.describe(e));
      refuseQueued();
      if (closing) {
        refuseAll(SHUTTING_DOWN);
        return false;
      }
      LockSupport.parkNanos(pause.toNanos());
      pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
      return false;
    }
    log.info("connected to Redis");
    pause = FIRST_PAUSE;
    answered();
    return true;
  }

  /** Once Redis has been unavailable for long, votes are answered now, not at their deadline. */
  private void refuseQueued() {
    if (redis instanceof Availability.Unavailable down && isDownForLong(down)) {
      refuseAll(down.reason());
    }
  }

  private void refuseAll(String reason) {
    for (PendingVote next = queue.poll(); next != null; next = queue.poll()) {
      refuse(next, reason);
    }
  }

  private static void refuse(PendingVote pending, String reason) {
    if (pending.claim()) {
      pending.complete(new VoteOutcome.Refused(reason));
    }
  }

  private void lost(RuntimeException e, List<PendingVote> batch) {
    if (!(e instanceof JedisException)) {
      log.error("unexpected error in the vote writer, continuing", e);
    }
    metrics.redisError();
    // Those already answered keep their answer: completing twice changes nothing.
    batch.forEach(
        v -> v.complete(new VoteOutcome.Unclear("the vote store was lost before it answered")));
    unavailable(RedisErrors.describe(e));
  }

  private void answered() {
    redis = new Availability.Available(System.nanoTime());
  }

  private void unavailable(String reason) {
    disconnect();
    if (!(redis instanceof Availability.Unavailable down)) {
      log.warn("Redis is unavailable: {}", reason);
      redis = new Availability.Unavailable(reason, System.nanoTime());
    } else if (!down.reason().equals(reason)) {
      log.warn("Redis is still unavailable: {}", reason);
      redis = new Availability.Unavailable(reason, down.since());
    }
  }

  private void disconnect() {
    if (appender != null) {
      appender.close();
      appender = null;
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Answers what was accepted, refuses the rest if Redis is unavailable, and ends the thread. */
  @Override
  public void close() {
    closing = true;
    // It may be waiting for votes; this does not interrupt its requests to Redis.
    thread.interrupt();
    try {
      thread.join(Duration.ofNanos(deadlineNanos).plusSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closed = true;
    refuseAll(SHUTTING_DOWN);
    clock.shutdownNow();
  }

  private sealed interface Availability {
    long since();

    record Available(long since) implements Availability {}

    record Unavailable(String reason, long since) implements Availability {}
  }
}
