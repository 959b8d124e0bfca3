package dev.voting.consumer.pipeline;

import dev.voting.consumer.FatalException;
import dev.voting.consumer.Settings;
import dev.voting.consumer.stream.RedisFailure;
import dev.voting.runtime.TlsTrouble;
import redis.clients.jedis.exceptions.JedisException;

/** What all users of Redis do when it fails: wait and try again, or end with a clear line. */
final class RedisRetry {
  private final Settings settings;
  private final Dependency redis;
  private final Backoff backoff;
  private final Patience withoutLogin;

  RedisRetry(Settings settings, Dependency redis) {
    this.settings = settings;
    this.redis = redis;
    this.backoff = new Backoff(settings.retryMax());
    this.withoutLogin = new Patience(settings.loginWait());
  }

  /** A command succeeded. */
  void works() {
    redis.works();
    backoff.reset();
    withoutLogin.reset();
  }

  /**
   * A command failed: waits for the time to try again.
   *
   * @throws FatalException when trying again is of no use
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
    redis.lost(TlsTrouble.describe(failure).orElseGet(failure::getMessage));
    backoff.pause();
  }
}
