package dev.voting.api.vote;

import redis.clients.jedis.exceptions.JedisDataException;

/**
 * An error that Redis answered to a write, as a message for a client. Redis answers an error only
 * if it has not written, so every refusal means: not counted.
 *
 * @param reason for a person
 * @param unusable whether this connection accepts no more writes, so that only another one helps
 */
record RedisRefusal(String reason, boolean unusable) {
  private static final String ABORTED = "EXECABORT Transaction discarded because of: ";

  static RedisRefusal of(JedisDataException error) {
    String message = error.getMessage() == null ? "" : error.getMessage();
    if (message.startsWith(ABORTED)) {
      message = message.substring(ABORTED.length());
    }
    int space = message.indexOf(' ');
    String code = space < 0 ? message : message.substring(0, space);
    return switch (code) {
      case "OOM" -> new RedisRefusal("the vote store is full", false);
      case "READONLY" -> new RedisRefusal("the vote store is read-only", true);
      case "LOADING" -> new RedisRefusal("the vote store is still loading", true);
      case "MISCONF" -> new RedisRefusal("the vote store cannot write to its disk", false);
      case "BUSY" -> new RedisRefusal("the vote store is busy", false);
      case "MASTERDOWN" -> new RedisRefusal("the vote store has lost its primary", true);
      case "NOAUTH", "WRONGPASS" -> new RedisRefusal("the vote store refuses the password", true);
      case "NOPERM" -> new RedisRefusal("the vote store does not let this service write", false);
      default -> new RedisRefusal("the vote store refused the vote", false);
    };
  }
}
