package dev.voting.consumer.stream;

import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** What a failed Redis command asks us to do. */
public enum RedisFailure {
  /** The group or the stream is not there: make it. */
  NO_GROUP,
  /** Redis is full: it takes no new entry now. */
  FULL,
  /** Redis or the way to it is away for some time: try again. */
  AWAY,
  /** The login or its right is refused: wrong, or someone may be about to make it. */
  REFUSED,
  /** Nobody but an administrator can mend it. */
  FATAL;

  /** Judges a failure by Redis' own error codes. */
  public static RedisFailure of(JedisException failure) {
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof JedisDataException && cause.getMessage() != null) {
        message = cause.getMessage();
      }
    }
    if (message.startsWith("NOGROUP") || message.startsWith("UNBLOCKED")) {
      return NO_GROUP;
    }
    if (message.startsWith("OOM") || message.contains("used memory > 'maxmemory'")) {
      return FULL;
    }
    if (message.startsWith("WRONGPASS")
        || message.startsWith("NOAUTH")
        || message.startsWith("NOPERM")
        || message.startsWith("ERR AUTH")
        || message.startsWith("ERR invalid password")) {
      return REFUSED;
    }
    return message.startsWith("WRONGTYPE") || message.startsWith("ERR unknown command")
        ? FATAL
        : AWAY;
  }
}
