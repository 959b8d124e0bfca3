package dev.voting.api.vote;

import static redis.clients.jedis.Protocol.Command.PING;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;

/** Appends to the stream in Redis: one {@code XADD} a vote, a whole batch in one round trip. */
final class RedisVoteAppender implements VoteAppender {
  private final VoteStream stream;
  private final Connection connection;

  RedisVoteAppender(VoteStream stream) {
    this.stream = stream;
    this.connection = stream.connection();
  }

  @Override
  public Optional<String> write(List<PendingVote> batch) {
    for (PendingVote pending : batch) {
      stream.add(pending.vote());
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

  @Override
  public void ping(Duration timeout) {
    stream.within(
        timeout,
        () -> {
          connection.sendCommand(PING);
          connection.getOne();
        });
  }

  @Override
  public void close() {
    stream.close();
  }
}
