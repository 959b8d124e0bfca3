package dev.voting.api.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.helidon.http.Status;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/** Gives each client its own token bucket. */
public final class RateLimit {
  /** Clients that are remembered; beyond that number, the least recent ones get a new bucket. */
  private static final int MAX_CLIENTS = 100_000;

  private final LoadingCache<String, Bucket> buckets;

  /**
   * @param requestsPerSecond how fast a bucket refills
   * @param burst how much a bucket holds
   */
  public RateLimit(double requestsPerSecond, int burst) {
    Duration perToken = Duration.ofNanos(Math.max(1, Math.round(1e9 / requestsPerSecond)));
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(MAX_CLIENTS)
            // By then the bucket is full again, and a new one is as good.
            .expireAfterAccess(perToken.multipliedBy(burst).plusSeconds(1))
            .build(
                client ->
                    Bucket.builder()
                        .addLimit(limit -> limit.capacity(burst).refillGreedy(1, perToken))
                        .build());
  }

  /**
   * Takes a token.
   *
   * @throws HttpProblem 429 when the client has none left
   */
  void take(InetAddress client) {
    ConsumptionProbe probe = buckets.get(key(client)).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw HttpProblem.of(Status.TOO_MANY_REQUESTS_429, "too many requests from this client")
          .retryAfter(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }

  /** One IPv6 customer has a whole /64 of addresses to choose from, so that is the client. */
  private static String key(InetAddress client) {
    byte[] address = client.getAddress();
    return client instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address, 8))
        : HexFormat.of().formatHex(address);
  }
}
