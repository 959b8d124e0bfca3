package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static redis.clients.jedis.Protocol.Command.GET;
import static redis.clients.jedis.Protocol.Command.GETRANGE;
import static redis.clients.jedis.Protocol.Command.TIME;
import static redis.clients.jedis.Protocol.Command.UNWATCH;
import static redis.clients.jedis.Protocol.Command.WATCH;

import dev.voting.api.poll.CurrentPoll;
import dev.voting.api.poll.DeclaredPoll;
import dev.voting.runtime.Streams;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The poll in force as Redis has it. The connection watches it from before it is read until the
 * next transaction ends, so a transaction succeeds only if what was read is still in force.
 */
final class WatchedPoll {
  private static final byte[] FIRST = VoteStream.bytes("0");
  private static final byte[] LAST = VoteStream.bytes(Integer.toString(DeclaredPoll.DIGITS - 1));
  private static final Logger log = LoggerFactory.getLogger(WatchedPoll.class);

  private final Connection redis;
  private final byte[] key;
  private final CurrentPoll current;

  /** The number of what was read last. */
  private String number = "";

  private boolean usable = true;
  private long readAt;

  WatchedPoll(Connection redis, String stream, CurrentPoll current) {
    this.redis = redis;
    this.key = VoteStream.bytes(Streams.poll(stream));
    this.current = current;
  }

  boolean isOlderThan(Duration age) {
    return System.nanoTime() - readAt > age.toNanos();
  }

  /** Watches and reads it now, and Redis' clock. */
  void refresh() {
    redis.sendCommand(UNWATCH);
    redis.sendCommand(TIME);
    send();
    redis.getOne();
    List<?> time = (List<?>) redis.getOne();
    current.clock().seen(number(time.get(0)) * 1_000 + number(time.get(1)) / 1_000);
    read();
  }

  private static long number(Object reply) {
    return Long.parseLong(new String((byte[]) reply, UTF_8));
  }

  /** Sends what watches and reads it, when nothing is watched; {@link #read} takes the answers. */
  void send() {
    redis.sendCommand(WATCH, key);
    redis.sendCommand(GETRANGE, key, FIRST, LAST);
  }

  void read() {
    redis.getOne();
    String now = readText();
    readAt = System.nanoTime();
    if (now.isEmpty()) {
      // The last known one stays in force; what creates the key is noticed.
      usable = true;
    } else if (!now.equals(number)) {
      redis.sendCommand(GET, key);
      usable = take(readText());
    }
    number = now;
  }

  private boolean take(String document) {
    try {
      current.offer(DeclaredPoll.inForce(document));
      return true;
    } catch (IllegalArgumentException e) {
      log.warn("the poll in force cannot be read: {}", e.getMessage());
      return false;
    }
  }

  /** Whether the poll that is known is not an older one than that in force. */
  boolean isUsable() {
    return usable;
  }

  /** A key of another type is as good as none: a consumer replaces it. */
  private String readText() {
    try {
      return redis.getOne() instanceof byte[] text ? new String(text, UTF_8) : "";
    } catch (JedisDataException e) {
      if (e.getMessage() != null && e.getMessage().startsWith("WRONGTYPE")) {
        return "";
      }
      throw e;
    }
  }
}
