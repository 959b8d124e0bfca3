package dev.voting.api.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.runtime.VoteEvent;
import dev.voting.runtime.VoteOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The writer with an appender that the test opens, blocks and breaks. */
class VoteWriterTest {
  /** Of the tests that wait for it; the others must not meet it, however slow the machine is. */
  private static final Duration DEADLINE = Duration.ofMillis(400);

  private static final Duration SOON = Duration.ofSeconds(20);

  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final FakeRedis redis = new FakeRedis();
  private final Counts counts = new Counts();
  private VoteWriter writer = writer(SOON);

  private VoteWriter writer(Duration deadline) {
    return new VoteWriter(redis::connect, counts, deadline, 100);
  }

  @AfterEach
  void stop() {
    redis.gate.release(1_000_000);
    writer.close();
    requests.close();
  }

  @Test
  void oneVoteLeavesAtOnceAlone() throws Exception {
    redis.gate.release();
    writer.start();

    assertThat(cast().get()).isEqualTo(new VoteOutcome.Recorded("1-0"));
    assertThat(redis.batches).containsExactly(1);
  }

  @Test
  void votesThatComeMeanwhileShareTheNextRoundTrip() throws Exception {
    writer.start();
    Future<VoteOutcome> first = cast();
    await().atMost(SOON).until(() -> redis.batches.size() == 1);
    List<Future<VoteOutcome>> others = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      others.add(cast());
    }
    await().atMost(SOON).until(() -> counts.queueLength.getAsInt() == 50);

    redis.gate.release(2);

    assertThat(first.get()).isInstanceOf(VoteOutcome.Recorded.class);
    for (Future<VoteOutcome> other : others) {
      assertThat(other.get()).isInstanceOf(VoteOutcome.Recorded.class);
    }
    assertThat(redis.batches).containsExactly(1, 50);
  }

  @Test
  void aFullQueueRefusesAtOnce() throws Exception {
    writer.start();
    Future<VoteOutcome> first = cast();
    await().atMost(SOON).until(() -> redis.batches.size() == 1);
    for (int i = 0; i < 100; i++) {
      cast();
    }
    await().atMost(SOON).until(() -> counts.queueLength.getAsInt() == 100);

    long start = System.nanoTime();
    assertThat(writer.write(vote()))
        .isEqualTo(new VoteOutcome.Refused("too many votes are waiting"));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON.dividedBy(4));
    assertThat(counts.full).hasValue(1);
    assertThat(first.isDone()).isFalse();
  }

  @Test
  void aVoteThatWasSentAndNotAnsweredIsUnclear_oneThatWasNotSentIsRefusedForGood()
      throws Exception {
    writer = writer(DEADLINE);
    writer.start();
    Future<VoteOutcome> sent = cast();
    await().atMost(SOON).until(() -> redis.batches.size() == 1);
    Future<VoteOutcome> queued = cast();

    assertThat(sent.get()).isInstanceOf(VoteOutcome.Unclear.class);
    assertThat(queued.get()).isInstanceOf(VoteOutcome.Refused.class);

    redis.gate.release(10);
    assertThat(cast().get()).isInstanceOf(VoteOutcome.Recorded.class);
    assertThat(redis.written).as("the first, and the last; never the one refused").hasValue(2);
  }

  @Test
  void aBrokenConnectionLeavesVotesUnclearAndIsReplaced() throws Exception {
    writer.start();
    redis.breakNext = true;
    redis.gate.release();
    assertThat(cast().get()).isInstanceOf(VoteOutcome.Unclear.class);

    redis.gate.release();
    assertThat(cast().get()).isInstanceOf(VoteOutcome.Recorded.class);
    assertThat(redis.connections).hasValue(2);
    assertThat(counts.redisErrors).hasValue(1);
  }

  @Test
  void aServerThatBecameAReplicaIsLeftAfterItsAnswers() throws Exception {
    writer.start();
    redis.leaveNext = true;
    redis.gate.release(2);

    assertThat(cast().get()).isInstanceOf(VoteOutcome.Recorded.class);
    assertThat(cast().get()).isInstanceOf(VoteOutcome.Recorded.class);
    assertThat(redis.connections).hasValue(2);
  }

  @Test
  void votesWaitForAShortOutage() throws Exception {
    redis.reachable = false;
    writer.start();
    Future<VoteOutcome> vote = cast();
    await().atMost(SOON).until(() -> redis.refusedConnections.get() > 0);

    redis.gate.release();
    redis.reachable = true;

    assertThat(vote.get()).isInstanceOf(VoteOutcome.Recorded.class);
  }

  @Test
  void votesDuringALongOutageAreRefusedAtOnce_andAcceptedAgainWithinASecond() throws Exception {
    redis.reachable = false;
    writer = writer(DEADLINE);
    writer.start();
    assertThat(cast().get()).isInstanceOf(VoteOutcome.Refused.class);
    await().atMost(SOON).until(() -> writer.problem().equals(Optional.of("connection lost")));

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              long start = System.nanoTime();
              assertThat(writer.write(vote()))
                  .isEqualTo(new VoteOutcome.Refused("connection lost"));
              assertThat(Duration.ofNanos(System.nanoTime() - start))
                  .isLessThan(DEADLINE.dividedBy(4));
            });

    redis.gate.release(1000);
    redis.reachable = true;
    await().atMost(SOON).until(() -> writer.problem().isEmpty());
    assertThat(cast().get()).isInstanceOf(VoteOutcome.Recorded.class);
  }

  @Test
  void closingAnswersWhatWasTakenAndRefusesTheRest() throws Exception {
    writer = writer(Duration.ofSeconds(4));
    writer.start();
    Future<VoteOutcome> taken = cast();
    await().atMost(SOON).until(() -> redis.batches.size() == 1);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(writer::close, requests);
    await()
        .atMost(SOON)
        .until(
            () ->
                writer
                    .write(vote())
                    .equals(new VoteOutcome.Refused("this server is shutting down")));

    redis.gate.release(100);

    assertThat(taken.get()).isInstanceOf(VoteOutcome.Recorded.class);
    closing.get();
    assertThat(redis.open).isFalse();
  }

  private Future<VoteOutcome> cast() {
    return requests.submit(() -> writer.write(vote()));
  }

  private static VoteEvent vote() {
    return new VoteEvent(VoteOption.CATS, 1L, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Each batch passes the gate once, and is then answered. */
  private static final class FakeRedis implements VoteAppender {
    final Semaphore gate = new Semaphore(0);
    final List<Integer> batches = new CopyOnWriteArrayList<>();
    final AtomicInteger written = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger refusedConnections = new AtomicInteger();
    volatile boolean reachable = true;
    volatile boolean breakNext;
    volatile boolean leaveNext;
    volatile boolean open;

    VoteAppender connect() {
      if (!reachable) {
        refusedConnections.incrementAndGet();
        throw new JedisConnectionException("refused");
      }
      connections.incrementAndGet();
      open = true;
      return this;
    }

    @Override
    public Optional<String> write(List<PendingVote> batch) {
      batches.add(batch.size());
      gate.acquireUninterruptibly();
      if (breakNext) {
        breakNext = false;
        throw new JedisConnectionException("broken");
      }
      for (PendingVote vote : batch) {
        vote.complete(new VoteOutcome.Recorded(written.incrementAndGet() + "-0"));
      }
      if (leaveNext) {
        leaveNext = false;
        return Optional.of("not the primary");
      }
      return Optional.empty();
    }

    @Override
    public void ping(Duration patience) {
      assertThat(open).isTrue();
    }

    @Override
    public void close() {
      open = false;
    }
  }

  private static final class Counts implements WriterMetrics {
    final AtomicInteger full = new AtomicInteger();
    final AtomicInteger redisErrors = new AtomicInteger();
    volatile IntSupplier queueLength;

    @Override
    public void batch(int votes, long nanos) {
      assertThat(votes).isPositive();
    }

    @Override
    public void queueFull() {
      full.incrementAndGet();
    }

    @Override
    public void redisError() {
      redisErrors.incrementAndGet();
    }

    @Override
    public void queue(IntSupplier length) {
      queueLength = length;
    }
  }
}
