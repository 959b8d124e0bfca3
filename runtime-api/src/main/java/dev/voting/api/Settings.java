package dev.voting.api;

import dev.voting.api.http.Cidr;
import dev.voting.api.http.Cors;
import dev.voting.api.poll.PollSettings;
import dev.voting.runtime.DatabaseUrl;
import dev.voting.runtime.Environment;
import dev.voting.runtime.EnvironmentException;
import dev.voting.runtime.LogLevel;
import dev.voting.runtime.RedisUrl;
import dev.voting.runtime.Streams;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The service's settings; docs/environment.md describes each variable.
 *
 * @param listenAddress the machine's address to listen on
 * @param port TCP port, 0 for any free one
 * @param trustedProxies whose X-Forwarded-For is trusted
 * @param trustedHops or the number of proxies, whatever their addresses
 * @param voteDeadline the longest time until a vote is answered
 * @param voteQueue how many votes may wait for the next batch
 * @param heartbeat how long a results stream may stay silent
 * @param requestDeadline the longest that a client may take to send a request
 * @param shutdownDelay how long requests are still accepted after SIGTERM, while already unready
 * @param shutdownGrace the longest wait for requests in flight at the end
 * @param maxConnections how many connections may be open, besides streams
 * @param maxStreams how many results streams may be open
 * @param streamAge the longest duration of a results stream
 * @param requestBytes memory of all unanswered requests
 * @param metricsPort TCP port of probes and metrics, 0 for any free one
 * @param poll what is asked in place of cats and dogs
 */
public record Settings(
    InetAddress listenAddress,
    int port,
    RedisUrl redis,
    DatabaseUrl database,
    String stream,
    String group,
    LogLevel logLevel,
    Cors cors,
    Optional<Rate> rateLimit,
    boolean recordClient,
    List<Cidr> trustedProxies,
    int trustedHops,
    Duration voteDeadline,
    int voteQueue,
    Duration heartbeat,
    Duration requestDeadline,
    Duration shutdownDelay,
    Duration shutdownGrace,
    int maxConnections,
    int maxStreams,
    Duration streamAge,
    int requestBytes,
    int metricsPort,
    Optional<PollSettings> poll) {
  private static final int BALLOT_KEY_LENGTH = 32;

  /**
   * The rate limit of one client.
   *
   * @param requestsPerSecond in the long run
   * @param burst at once
   */
  public record Rate(double requestsPerSecond, int burst) {}

  /**
   * Reads the settings.
   *
   * @throws EnvironmentException when a variable is missing or malformed
   */
  public static Settings from(Environment env) {
    int voteTimeout = env.integer("VOTE_TIMEOUT_MS", 2_000, 50, 60_000);
    int requestTimeout = env.integer("REQUEST_TIMEOUT_MS", 10_000, 100, 600_000);
    if (voteTimeout >= requestTimeout) {
      throw new EnvironmentException(
          "VOTE_TIMEOUT_MS", "is " + voteTimeout + ": set it lower than REQUEST_TIMEOUT_MS");
    }
    int connections = env.integer("MAX_CONNECTIONS", Capacity.connections(), 1, 1_000_000);
    return new Settings(
        env.listenAddress(),
        env.integer("PORT", 8000, 0, 65_535),
        env.redisUrl(),
        env.databaseUrl(),
        env.text("STREAM_NAME", Streams.VOTES),
        env.text("CONSUMER_GROUP", Streams.GROUP),
        env.logLevel(),
        cors(env),
        rate(env),
        env.bool("RECORD_CLIENT", true),
        env.list("TRUSTED_PROXIES").stream().map(Settings::proxy).toList(),
        hops(env),
        Duration.ofMillis(voteTimeout),
        env.integer("VOTE_QUEUE", 10_000, 1, 1_000_000),
        Duration.ofMillis(env.integer("STREAM_HEARTBEAT_MS", 15_000, 1_000, 600_000)),
        Duration.ofMillis(requestTimeout),
        Duration.ofMillis(env.integer("SHUTDOWN_DELAY_MS", 0, 0, 600_000)),
        Duration.ofMillis(env.integer("SHUTDOWN_GRACE_MS", 10_000, 0, 600_000)),
        connections,
        env.integer("MAX_STREAMS", Capacity.streams(connections), 0, 1_000_000),
        Duration.ofMillis(env.integer("STREAM_MAX_AGE_MS", 900_000, 1_000, 86_400_000)),
        env.integer("MAX_REQUEST_BYTES", Capacity.requestBytes(), 65_536, Integer.MAX_VALUE),
        env.integer("METRICS_PORT", 8001, 0, 65_535),
        poll(env));
  }

  private static Optional<PollSettings> poll(Environment env) {
    return env.text("POLL_FILE").map(file -> new PollSettings(path(file), ballotKey(env)));
  }

  private static Path path(String file) {
    try {
      return Path.of(file);
    } catch (InvalidPathException e) {
      throw new EnvironmentException("POLL_FILE", "is no path: name the file of the poll");
    }
  }

  /** Its value is a secret, so no message repeats it. */
  private static byte[] ballotKey(Environment env) {
    String key = env.required("BALLOT_KEY", "<at least " + BALLOT_KEY_LENGTH + " characters>");
    if (key.length() < BALLOT_KEY_LENGTH) {
      throw new EnvironmentException(
          "BALLOT_KEY", "is too short: set at least " + BALLOT_KEY_LENGTH + " random characters");
    }
    return key.getBytes(StandardCharsets.UTF_8);
  }

  private static Cors cors(Environment env) {
    List<String> origins = env.list("CORS_ORIGINS");
    boolean credentials = env.bool("CORS_ALLOW_CREDENTIALS", false);
    try {
      return new Cors(origins, credentials, env.text("POLL_FILE").isPresent());
    } catch (IllegalArgumentException e) {
      throw new EnvironmentException("CORS_ORIGINS", "is wrong: " + e.getMessage());
    }
  }

  private static Optional<Rate> rate(Environment env) {
    if (env.text("RATE_LIMIT_REQUESTS_PER_SECOND").isEmpty()) {
      return Optional.empty();
    }
    double perSecond = env.number("RATE_LIMIT_REQUESTS_PER_SECOND", 0, 0.001, 1_000_000);
    int burst = env.integer("RATE_LIMIT_BURST", (int) Math.ceil(perSecond), 1, 10_000_000);
    return Optional.of(new Rate(perSecond, burst));
  }

  private static int hops(Environment env) {
    int hops = env.integer("TRUSTED_HOPS", 0, 0, 16);
    if (hops > 0 && !env.list("TRUSTED_PROXIES").isEmpty()) {
      throw new EnvironmentException(
          "TRUSTED_HOPS", "does not go with TRUSTED_PROXIES: leave one of them out");
    }
    return hops;
  }

  private static Cidr proxy(String text) {
    try {
      return Cidr.parse(text);
    } catch (IllegalArgumentException e) {
      throw new EnvironmentException(
          "TRUSTED_PROXIES",
          "has '" + text + "': write addresses or blocks like 10.0.0.0/8, separated by commas");
    }
  }
}
