package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static redis.clients.jedis.Protocol.Command.PING;
import static redis.clients.jedis.Protocol.Command.XADD;
import static redis.clients.jedis.Protocol.Command.XGROUP;

import dev.voting.runtime.PollVote;
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

/** The stream over one connection, which is open and authenticated. */
final class VoteStream {
  private static final byte[] NEW_ID = bytes("*");
  private static final byte[] OPTION = bytes(VoteEvent.OPTION);
  private static final byte[] CHOICE = bytes(VoteEvent.CHOICE);
  private static final byte[] ROUND = bytes(VoteEvent.ROUND);
  private static final byte[] WINDOW = bytes(VoteEvent.WINDOW);
  private static final byte[] VOTER = bytes(VoteEvent.VOTER);
  private static final byte[] TIMESTAMP = bytes(VoteEvent.TIMESTAMP);
  private static final byte[] REQUEST_ID = bytes(VoteEvent.REQUEST_ID);
  private static final byte[] SOURCE_IP = bytes(VoteEvent.SOURCE_IP);
  private static final byte[] USER_AGENT = bytes(VoteEvent.USER_AGENT);
  private static final byte[] NONCE = bytes(VoteEvent.NONCE);

  private final Connection connection;
  private final StreamSettings settings;
  private final byte[] stream;

  VoteStream(Connection connection, StreamSettings settings) {
    this.connection = connection;
    this.settings = settings;
    this.stream = bytes(settings.stream());
    ensureGroup();
    ask();
    patience(settings.answerTimeout());
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

  /** Fails while Redis is loading: what this user may not do is refused without a word of that. */
  private void ask() {
    connection.sendCommand(PING);
    connection.getOne();
  }

  Connection connection() {
    return connection;
  }

  String name() {
    return settings.stream();
  }

  /** How long an answer may take from now on. */
  private void patience(Duration most) {
    connection.setSoTimeout(Math.toIntExact(most.toMillis()));
  }

  /** Has something asked that must be answered by then. */
  void within(Duration most, Runnable question) {
    patience(most);
    question.run();
    patience(settings.answerTimeout());
  }

  /** Sends a vote; its answer is to be read. */
  void add(VoteEvent vote) {
    List<byte[]> args = new ArrayList<>(24);
    args.add(stream);
    args.add(NEW_ID);
    if (vote.poll().isPresent()) {
      PollVote poll = vote.poll().get();
      add(args, CHOICE, vote.option());
      add(args, ROUND, poll.round());
      add(args, WINDOW, poll.window());
      add(args, VOTER, poll.voter());
    } else {
      add(args, OPTION, vote.option());
    }
    add(args, TIMESTAMP, Long.toString(vote.timestamp()));
    add(args, REQUEST_ID, vote.requestId());
    add(args, SOURCE_IP, vote.sourceIp());
    add(args, USER_AGENT, vote.userAgent());
    add(args, NONCE, Long.toHexString(ThreadLocalRandom.current().nextLong()));
    connection.sendCommand(XADD, args.toArray(byte[][]::new));
  }

  private static void add(List<byte[]> args, byte[] name, Optional<String> value) {
    if (value.isPresent()) {
      add(args, name, value.get());
    }
  }

  private static void add(List<byte[]> args, byte[] name, String value) {
    args.add(name);
    args.add(bytes(value));
  }

  void close() {
    try {
      connection.forceDisconnect();
    } catch (IOException | JedisException e) {
      // It is unusable either way.
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
