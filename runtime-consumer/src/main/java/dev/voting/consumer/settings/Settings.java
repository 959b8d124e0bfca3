package dev.voting.consumer.settings;

import dev.voting.runtime.DatabaseUrl;
import dev.voting.runtime.Environment;
import dev.voting.runtime.LogLevel;
import dev.voting.runtime.RedisUrl;
import dev.voting.runtime.Streams;
import java.net.InetAddress;
import java.time.Duration;

/**
 * The consumer's environment; docs/environment.md has the table.
 *
 * @param redis where the stream is
 * @param database where votes are counted
 * @param stream name of the stream
 * @param group name of the consumer group
 * @param consumer this consumer's name in the group, unique among all that run
 * @param batchSize most votes in one transaction
 * @param listenAddress the machine's address to listen on
 * @param metricsPort TCP port of /health, /ready and /metrics
 * @param claimIdle how long an entry is pending at another consumer before this one takes it over
 * @param retryMax longest delay between two tries while a server is unavailable
 * @param schemaWait how long to wait for a missing database or table at a time
 * @param loginWait how long to retry a refused login or a missing right at a time
 * @param shutdownGrace how long the batches in flight may take after SIGTERM
 * @param logLevel how much is logged
 */
public record Settings(
    RedisUrl redis,
    DatabaseUrl database,
    String stream,
    String group,
    String consumer,
    int batchSize,
    InetAddress listenAddress,
    int metricsPort,
    Duration claimIdle,
    Duration retryMax,
    Duration schemaWait,
    Duration loginWait,
    Duration shutdownGrace,
    LogLevel logLevel) {

  /** Reads them from the environment. */
  public static Settings from(Environment environment) {
    return new Settings(
        environment.redisUrl(),
        environment.databaseUrl(),
        environment.text("STREAM_NAME", Streams.VOTES),
        environment.text("CONSUMER_GROUP", Streams.GROUP),
        environment
            .text("CONSUMER_NAME")
            .or(() -> environment.text("HOSTNAME"))
            .orElseGet(() -> "consumer-" + ProcessHandle.current().pid()),
        environment.integer("BATCH_SIZE", 1000, 1, 100_000),
        environment.listenAddress(),
        environment.integer("METRICS_PORT", 8001, 0, 65535),
        Duration.ofMillis(environment.integer("CLAIM_IDLE_MS", 30_000, 100, 86_400_000)),
        Duration.ofMillis(environment.integer("RETRY_MAX_MS", 5_000, 10, 600_000)),
        Duration.ofMillis(environment.integer("SCHEMA_WAIT_MS", 30_000, 0, 86_400_000)),
        Duration.ofMillis(environment.integer("LOGIN_WAIT_MS", 5_000, 0, 86_400_000)),
        Duration.ofMillis(environment.integer("SHUTDOWN_GRACE_MS", 25_000, 0, 3_600_000)),
        environment.logLevel());
  }
}
