package dev.voting.consumer.pipeline;

import dev.voting.consumer.settings.FatalException;
import dev.voting.consumer.settings.Settings;
import dev.voting.consumer.stream.RedisFailure;
import dev.voting.runtime.TlsErrors;
import redis.clients.jedis.exceptions.JedisException;

/** Handles a failure of Redis: waits and retries, or ends with one clear line. */
final class RedisRetry {
  private final Settings settings;
  private final Dependency redis;
  private final Backoff backoff;
  private final Deadline withoutLogin;

  RedisRetry(Settings settings, Dependency redis) {
    this.settings = settings;
    this.redis = redis;
    this.backoff = new Backoff(settings.retryMax());
    this.withoutLogin = new Deadline(settings.loginWait());
  }

  /** A command succeeded. */
  void works() {
    redis.works();
    backoff.reset();
    withoutLogin.reset();
  }

  /**
   * A command failed: waits for the time of the next try.
   *
   * @throws FatalException when no retry can help
   */
  void failed(JedisException failure) throws InterruptedException {
    RedisFailure kind = RedisFailure.of(failure);
    if (kind == RedisFailure.FATAL || kind == RedisFailure.REFUSED && withoutLogin.isOver()) {
      throw new FatalException(
          "Redis at "
              + settings.redis()
              + " refuses to serve the stream '"
              + settings.stream()
              + "', see REDIS_URL: "
              + failure.getMessage(),
          failure);
    }
    redis.lost(TlsErrors.describe(failure).orElseGet(failure::getMessage));
    backoff.pause();
  }
}
