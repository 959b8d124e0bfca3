package dev.voting.api.vote;

import dev.voting.runtime.TlsErrors;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.stream.Stream;
import redis.clients.jedis.exceptions.JedisDataException;

/** Describes a failed connection without addresses, credentials and class names. */
final class RedisErrors {
  private RedisErrors() {}

  static String describe(Throwable error) {
    return TlsErrors.describe(error).or(() -> reason(error)).orElse("connection lost");
  }

  /** Of an error, or else of its causes: jedis suppresses one for each address tried. */
  private static Optional<String> reason(Throwable error) {
    return switch (error) {
      case null -> Optional.empty();
      case JedisDataException e -> Optional.of(RedisRefusal.of(e).reason());
      case SocketTimeoutException e -> Optional.of("no answer in time");
      case UnknownHostException e -> Optional.of("its host name is unknown");
      case ConnectException e -> Optional.of("connection refused");
      default ->
          Stream.concat(Stream.of(error.getSuppressed()), Stream.ofNullable(error.getCause()))
              .map(RedisErrors::reason)
              .flatMap(Optional::stream)
              .findFirst();
    };
  }
}
