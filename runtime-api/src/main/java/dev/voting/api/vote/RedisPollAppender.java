package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static redis.clients.jedis.Protocol.Command.EXEC;
import static redis.clients.jedis.Protocol.Command.MULTI;

import dev.voting.api.poll.DeclaredPoll;
import dev.voting.api.poll.PollDefinition;
import dev.voting.api.poll.PollGate;
import dev.voting.api.poll.PollGate.Refusal;
import dev.voting.runtime.PollVote;
import dev.voting.runtime.VoteEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Appends votes of a poll: a batch is one transaction, and so one round trip, which Redis refuses
 * as a whole if the poll in force has changed since it was read; then the batch is validated again.
 * So after the poll has changed in Redis no vote of an older definition can follow, however long
 * this process has slept. See docs/adr/0034.
 */
final class RedisPollAppender implements VoteAppender {
  private static final byte[] QUEUED = VoteStream.bytes("QUEUED");

  /** For so long a poll that was read is used for what is refused without asking Redis. */
  private static final Duration FRESH = Duration.ofMillis(250);

  private final VoteStream stream;
  private final Connection redis;
  private final PollGate gate;
  private final WatchedPoll watched;

  /** A vote as it is sent, with the window in which it counts. */
  private record Sent(PendingVote pending, VoteEvent event) {
    PollVote poll() {
      return event.poll().orElseThrow();
    }
  }

  RedisPollAppender(VoteStream stream, PollGate gate) {
    this.stream = stream;
    this.redis = stream.connection();
    this.gate = gate;
    this.watched = new WatchedPoll(redis, stream.name(), gate.current());
    requireTransactions();
    watched.refresh();
  }

  /** Without them votes would be added unfenced. */
  private void requireTransactions() {
    redis.sendCommand(MULTI);
    redis.sendCommand(EXEC);
    redis.getOne();
    redis.getOne();
  }

  @Override
  public Optional<String> write(List<PendingVote> batch) {
    refreshFor(batch);
    for (List<PendingVote> left = batch; ; ) {
      List<Sent> admitted = admitted(left);
      if (admitted.isEmpty()) {
        return Optional.empty();
      }
      redis.sendCommand(MULTI);
      admitted.forEach(vote -> stream.add(vote.event()));
      redis.sendCommand(EXEC);
      watched.send();
      Answer answer = read(admitted);
      left = admitted.stream().map(Sent::pending).toList();
      if (!answer.unchanged()) {
        complete(admitted, answer);
      }
      readPoll(left);
      if (!answer.unchanged()) {
        return answer.leave();
      }
      gate.metrics().fenceRetry();
    }
  }

  /** What is refused without being sent is refused by what Redis says now, or did just before. */
  private void refreshFor(List<PendingVote> batch) {
    Optional<DeclaredPoll> known = gate.current().get();
    boolean fresh = !watched.isOlderThan(FRESH);
    if (batch.stream().anyMatch(vote -> isDoubtful(vote, known, fresh))) {
      refusedIfLost(batch, watched::refresh);
    }
  }

  private boolean isDoubtful(PendingVote vote, Optional<DeclaredPoll> known, boolean fresh) {
    Optional<Refusal> refusal = known.flatMap(poll -> refusal(poll, vote.vote()));
    // Of a new round others may have heard before.
    return known.isEmpty()
        || !watched.isUsable()
        || refusal.isPresent() && (!fresh || refusal.get() instanceof Refusal.AnotherRound);
  }

  private Optional<Refusal> refusal(DeclaredPoll poll, VoteEvent vote) {
    return gate.refusal(poll, vote.option(), vote.poll().orElseThrow());
  }

  private void readPoll(List<PendingVote> left) {
    refusedIfLost(left, watched::read);
  }

  /** Whoever has no answer yet is certainly not counted if Redis is lost here. */
  private static void refusedIfLost(List<PendingVote> left, Runnable question) {
    try {
      question.run();
    } catch (RuntimeException e) {
      VoteOutcome refused = new VoteOutcome.Refused(RedisErrors.describe(e));
      left.forEach(vote -> vote.complete(refused));
      throw e;
    }
  }

  /** What is to be sent; the rest is answered. */
  private List<Sent> admitted(List<PendingVote> votes) {
    Optional<DeclaredPoll> known = gate.current().get();
    List<Sent> admitted = new ArrayList<>(votes.size());
    long now = System.nanoTime();
    for (PendingVote vote : votes) {
      if (known.isEmpty()) {
        vote.complete(new VoteOutcome.Refused("the poll is not known yet"));
      } else if (!watched.isUsable()) {
        vote.complete(new VoteOutcome.Refused("the poll in force cannot be read"));
      } else if (vote.late(now)) {
        vote.complete(new VoteOutcome.Refused("the vote store did not take the vote in time"));
      } else {
        VoteEvent event = vote.vote();
        Optional<Refusal> refusal = refusal(known.get(), event);
        if (refusal.isPresent()) {
          vote.complete(new VoteOutcome.NotTaken(refusal.get()));
        } else {
          admitted.add(new Sent(vote, within(event, known.get().definition())));
        }
      }
    }
    return admitted;
  }

  private static VoteEvent within(VoteEvent vote, PollDefinition poll) {
    return new VoteEvent(
        vote.option(),
        vote.timestamp(),
        vote.requestId(),
        vote.sourceIp(),
        vote.userAgent(),
        vote.nonce(),
        vote.poll().map(v -> new PollVote(v.round(), poll.opens(), poll.closes(), v.voter())));
  }

  /**
   * What Redis answered to a batch.
   *
   * @param unchanged whether it did nothing, as the poll has changed
   * @param each the id of each vote, or why there is none
   * @param leave why this connection is of no more use
   */
  private record Answer(boolean unchanged, List<Object> each, Optional<String> leave) {}

  private Answer read(List<Sent> votes) {
    Optional<JedisDataException> problem = error(reply());
    List<Object> each = new ArrayList<>(votes.size());
    for (int i = 0; i < votes.size(); i++) {
      Object queued = reply();
      each.add(queued);
      problem = problem.or(() -> error(queued));
    }
    Object done = reply();
    if (done == null) {
      return new Answer(true, List.of(), Optional.empty());
    }
    if (done instanceof List<?> ids && ids.size() == votes.size()) {
      each = new ArrayList<>(ids);
      problem = ids.stream().flatMap(id -> error(id).stream()).findFirst();
    } else {
      JedisDataException why = problem.or(() -> error(done)).orElseThrow();
      // Anything but an id: it was queued, or refused, and is dropped either way.
      each.replaceAll(o -> o instanceof byte[] id && !Arrays.equals(id, QUEUED) ? id : why);
      problem = Optional.of(why);
    }
    return new Answer(
        false,
        each,
        problem.map(RedisRefusal::of).filter(RedisRefusal::unusable).map(RedisRefusal::reason));
  }

  private void complete(List<Sent> votes, Answer answer) {
    for (int i = 0; i < votes.size(); i++) {
      Sent vote = votes.get(i);
      vote.pending().complete(outcome(vote.poll(), answer.each().get(i)));
    }
  }

  private VoteOutcome outcome(PollVote vote, Object answer) {
    if (answer instanceof JedisDataException e) {
      return new VoteOutcome.Refused(RedisRefusal.of(e).reason());
    }
    String id = new String((byte[]) answer, US_ASCII);
    gate.current().clock().seen(Long.parseUnsignedLong(id.substring(0, id.indexOf('-'))));
    return PollGate.refusal(vote, id)
        .<VoteOutcome>map(VoteOutcome.NotTaken::new)
        .orElseGet(() -> new VoteOutcome.Recorded(id));
  }

  private Object reply() {
    try {
      return redis.getOne();
    } catch (JedisDataException e) {
      return e;
    }
  }

  private static Optional<JedisDataException> error(Object reply) {
    return reply instanceof JedisDataException e ? Optional.of(e) : Optional.empty();
  }

  @Override
  public void ping(Duration timeout) {
    stream.within(timeout, watched::refresh);
  }

  @Override
  public void close() {
    stream.close();
  }
}
