package dev.voting.consumer.pipeline;

import dev.voting.consumer.stream.StreamId;
import dev.voting.consumer.stream.VoteStream.Backlog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What the consumer counts and measures; docs/consumer.md has the table. */
final class ConsumerMetrics {
  final Counter processed;
  final Counter duplicates;
  final Counter repeatedRequests;
  final Counter late;
  final Counter takenBack;
  final Counter roundsFinished;
  final Counter dead;
  final Counter lost;
  final Counter claimed;
  final Counter groupsCreated;
  final Counter idsBackwards;
  final Counter redisReconnects;
  final Counter databaseReconnects;
  final DistributionSummary batchSize;
  final Timer commit;
  private final AtomicLong lagEntries = new AtomicLong();
  private final AtomicLong lagMillis = new AtomicLong();
  private final AtomicLong pending = new AtomicLong();

  ConsumerMetrics(MeterRegistry registry) {
    processed = counter(registry, "votes.processed", "Votes recorded and counted");
    duplicates = counter(registry, "votes.duplicate", "Votes that were recorded before");
    repeatedRequests =
        counter(registry, "votes.repeated.request", "Votes whose request id was used before");
    late = counter(registry, "votes.late", "Votes of polls that were not open at that moment");
    takenBack =
        counter(registry, "votes.taken.back", "Dead letters of older consumers that were counted");
    roundsFinished = counter(registry, "rounds.finished", "Rounds of polls that became final");
    dead = counter(registry, "votes.dead", "Entries moved to the dead letters");
    lost = counter(registry, "votes.lost", "Entries that were deleted before they were counted");
    claimed = counter(registry, "entries.claimed", "Entries taken over from other consumers");
    groupsCreated =
        counter(registry, "groups.made", "Times that the group was missing and created");
    idsBackwards =
        counter(registry, "ids.backwards", "Times that new entries had ids before older ones");
    redisReconnects = reconnects(registry, "redis");
    databaseReconnects = reconnects(registry, "postgres");
    batchSize =
        DistributionSummary.builder("voting.consumer.batch.size")
            .description("Votes per transaction")
            .serviceLevelObjectives(1, 10, 100, 1_000, 10_000)
            .register(registry);
    commit =
        Timer.builder("voting.consumer.commit")
            .description("Time of a transaction, from call to commit")
            .serviceLevelObjectives(
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5))
            .register(registry);
    gauge(registry, "lag.entries", "Entries in the stream that are not counted yet", lagEntries, 1);
    gauge(registry, "lag.seconds", "Age of the oldest entry not counted yet", lagMillis, 1000);
    gauge(
        registry, "pending.entries", "Entries read by a consumer and not acknowledged", pending, 1);
  }

  void backlog(Backlog backlog, long nowMillis) {
    lagEntries.set(backlog.entries());
    pending.set(backlog.pending());
    lagMillis.set(backlog.oldest().map(id -> StreamId.parse(id).ageAt(nowMillis)).orElse(0L));
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder("voting.consumer." + name).description(description).register(registry);
  }

  private static Counter reconnects(MeterRegistry registry, String to) {
    return Counter.builder("voting.consumer.reconnects")
        .description("Times that a dependency became available again")
        .tag("to", to)
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry, String name, String description, AtomicLong value, double divisor) {
    Gauge.builder("voting.consumer." + name, value, v -> v.get() / divisor)
        .description(description)
        .register(registry);
  }
}
