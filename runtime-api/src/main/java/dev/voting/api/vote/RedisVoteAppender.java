package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static redis.clients.jedis.Protocol.Command.PING;
import static redis.clients.jedis.Protocol.Command.XADD;
import static redis.clients.jedis.Protocol.Command.XGROUP;

import dev.voting.runtime.VoteEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Appends to the stream in Redis: one {@code XADD} a vote, a whole batch in one round trip. */
final class RedisVoteAppender implements VoteAppender {
  private static final byte[] NEW_ID = bytes("*");
  private static final byte[] OPTION = bytes("option");
  private static final byte[] TIMESTAMP = bytes("timestamp");
  private static final byte[] REQUEST_ID = bytes("request_id");
  private static final byte[] SOURCE_IP = bytes("source_ip");
  private static final byte[] USER_AGENT = bytes("user_agent");
  private static final byte[] NONCE = bytes("nonce");

  private final Connection connection;
  private final StreamSettings settings;
  private final byte[] stream;

  /** Prepares the stream over a connection that is open and authenticated. */
  RedisVoteAppender(Connection connection, StreamSettings settings) {
    this.connection = connection;
    this.settings = settings;
    this.stream = bytes(settings.stream());
    ensureGroup();
    connection.setSoTimeout(Math.toIntExact(settings.answerTimeout().toMillis()));
  }

  /** The first one creates the group, at 0, so that the consumer skips no vote. */
  private void ensureGroup() {
    connection.sendCommand(
        XGROUP, bytes("CREATE"), stream, bytes(settings.group()), bytes("0"), bytes("MKSTREAM"));
    try {
      connection.getOne();
    } catch (JedisDataException e) {
      RedisRefusal refusal = RedisRefusal.of(e);
      if (refusal.unusable()) {
        throw e;
      }
      // It exists already (BUSYGROUP), or Redis accepts no writes now; the next vote shows it.
    }
  }

  @Override
  public Optional<String> write(List<PendingVote> batch) {
    for (PendingVote pending : batch) {
      send(pending.vote());
    }
    Optional<String> leave = Optional.empty();
    for (PendingVote pending : batch) {
      VoteOutcome outcome;
      try {
        outcome = new VoteOutcome.Recorded(connection.getBulkReply());
      } catch (JedisDataException e) {
        RedisRefusal refusal = RedisRefusal.of(e);
        outcome = new VoteOutcome.Refused(refusal.reason());
        if (refusal.unusable()) {
          leave = Optional.of(refusal.reason());
        }
      }
      pending.complete(outcome);
    }
    return leave;
  }

  private void send(VoteEvent vote) {
    List<byte[]> args = new ArrayList<>(16);
    args.add(stream);
    args.add(NEW_ID);
    args.add(OPTION);
    args.add(bytes(vote.option()));
    args.add(TIMESTAMP);
    args.add(bytes(Long.toString(vote.timestamp())));
    add(args, REQUEST_ID, vote.requestId());
    add(args, SOURCE_IP, vote.sourceIp());
    add(args, USER_AGENT, vote.userAgent());
    args.add(NONCE);
    args.add(bytes(Long.toHexString(ThreadLocalRandom.current().nextLong())));
    connection.sendCommand(XADD, args.toArray(byte[][]::new));
  }

  private static void add(List<byte[]> args, byte[] name, Optional<String> value) {
    if (value.isPresent()) {
      args.add(name);
      args.add(bytes(value.get()));
    }
  }

  @Override
  public void ping(Duration timeout) {
    connection.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    connection.sendCommand(PING);
    connection.getOne();
    connection.setSoTimeout(Math.toIntExact(settings.answerTimeout().toMillis()));
  }

  @Override
  public void close() {
    try {
      connection.forceDisconnect();
    } catch (IOException | JedisException e) {
      // It is unusable either way.
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
