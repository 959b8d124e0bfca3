package dev.voting.consumer.stream;

import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** How to react to a failed Redis command. */
public enum RedisFailure {
  /** The group or the stream does not exist: create it. */
  NO_GROUP,
  /** Redis is full: it accepts no new entry now. */
  FULL,
  /** Redis is unreachable or cannot serve now: retry. */
  UNAVAILABLE,
  /** The login or its right is refused: it is wrong, or does not exist yet. */
  REFUSED,
  /** Only an administrator can fix it. */
  FATAL;

  /** Classifies a failure by Redis' own error codes. */
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
        : UNAVAILABLE;
  }
}
