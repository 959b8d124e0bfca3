package dev.voting.api.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestPoll;
import dev.voting.api.TestServers;
import dev.voting.api.TestServers.Servers;
import dev.voting.api.poll.CurrentPoll;
import dev.voting.api.poll.DeclaredPoll;
import dev.voting.api.poll.PollGate;
import dev.voting.api.poll.PollGate.Refusal;
import dev.voting.api.poll.PollMetrics;
import dev.voting.api.poll.RedisClock;
import dev.voting.runtime.Environment;
import dev.voting.runtime.PollVote;
import dev.voting.runtime.RedisUrl;
import dev.voting.runtime.Streams;
import dev.voting.runtime.VoteEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.resps.StreamEntry;

/** Once the poll has changed in Redis, nothing of the one before is added to the stream. */
@ExtendWith(TestServers.class)
class FenceIT {
  private static final AtomicInteger STREAMS = new AtomicInteger();
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long LONG_AGO = 1_700_000_000;

  private final RedisUrl url;
  private final String stream = "fence" + STREAMS.incrementAndGet();
  private final CurrentPoll current = new CurrentPoll(new RedisClock(Clock.systemUTC()));
  private final AtomicInteger retries = new AtomicInteger();
  private Jedis redis;
  private VoteAppender appender;

  FenceIT(Servers servers) {
    this.url = new Environment(Map.of("REDIS_URL", servers.redis().url())).redisUrl();
  }

  @BeforeEach
  void connect() {
    redis = new Jedis(url.address(), url.clientConfig().build());
    inForce(lunch(), 1);
    appender = appender(url.clientConfig());
  }

  @AfterEach
  void close() {
    appender.close();
    redis.close();
  }

  private VoteAppender appender(DefaultJedisClientConfig.Builder config) {
    PollMetrics metrics =
        new PollMetrics() {
          @Override
          public void late() {}

          @Override
          public void fenceRetry() {
            retries.incrementAndGet();
          }
        };
    return new RedisConnector(
            url.address(),
            config.build(),
            new StreamSettings(stream, "g", SOON),
            Optional.of(new PollGate(current, metrics)))
        .connect();
  }

  private static TestPoll lunch() {
    return TestPoll.of("pizza", "salad", "soup");
  }

  private void inForce(TestPoll poll, long seq) {
    poll.inForce(redis, stream, seq, (int) seq);
  }

  @Test
  void aBatchOfAPausedAppenderIsJudgedByTheNewPoll() {
    List<PendingVote> batch = List.of(vote("pizza"), vote("soup"), vote("salad"));
    inForce(TestPoll.of("pizza", "salad").retired("soup"), 2);
    appender.write(batch);
    assertThat(outcomes(batch))
        .extracting(Object::getClass)
        .containsExactly(
            VoteOutcome.Recorded.class, VoteOutcome.NotTaken.class, VoteOutcome.Recorded.class);
    assertThat(outcomes(batch).get(1))
        .isEqualTo(new VoteOutcome.NotTaken(new Refusal.NotOnBallot(List.of("pizza", "salad"))));
    assertThat(entries()).hasSize(2);
    assertThat(retries).hasValue(1);
  }

  @Test
  void ofAnotherRoundNothingIsAdded() {
    PendingVote vote = vote("pizza");
    inForce(lunch().round("2"), 2);
    appender.write(List.of(vote));
    assertThat(refusal(vote)).isEqualTo(new Refusal.AnotherRound());
    assertThat(entries()).isEmpty();
  }

  @Test
  void closedNowMeansNow() {
    PendingVote vote = vote("pizza");
    inForce(lunch().closes(LONG_AGO), 2);
    appender.write(List.of(vote));
    assertThat(refusal(vote)).isEqualTo(new Refusal.Closed());
    assertThat(retries).hasValue(1);

    inForce(lunch(), 3);
    appender.ping(SOON);
    PendingVote later = vote("pizza");
    appender.write(List.of(later));
    assertThat(outcome(later)).isInstanceOf(VoteOutcome.Recorded.class);
  }

  @Test
  void theIdDecidesWhatNobodyCouldKnowBefore() {
    long closes = Long.parseLong(redis.time().getFirst()) + 2;
    inForce(lunch().closes(closes), 2);
    PendingVote before = vote("pizza");
    appender.write(List.of(before));
    assertThat(outcome(before)).isInstanceOf(VoteOutcome.Recorded.class);

    await().atMost(SOON).until(() -> Long.parseLong(redis.time().getFirst()) >= closes);
    PendingVote after = vote("pizza");
    appender.write(List.of(after));
    assertThat(refusal(after)).isEqualTo(new Refusal.Closed());
    assertThat(entries())
        .as("it was sent, and says itself that it does not count")
        .hasSize(2)
        .allSatisfy(e -> assertThat(e).containsEntry("window", "-" + closes + "000"));

    PendingVote third = vote("pizza");
    appender.write(List.of(third));
    assertThat(refusal(third)).isEqualTo(new Refusal.Closed());
    assertThat(entries()).as("from then on it is known").hasSize(2);
  }

  @Test
  void aPollThatIsCreatedOrLostMeanwhileIsNoticed() {
    redis.del(Streams.poll(stream));
    PendingVote without = vote("pizza");
    appender.write(List.of(without));
    assertThat(outcome(without)).as("the last known one").isInstanceOf(VoteOutcome.Recorded.class);

    inForce(lunch().round("2"), 2);
    PendingVote vote = vote("pizza");
    appender.write(List.of(vote));
    assertThat(refusal(vote)).isEqualTo(new Refusal.AnotherRound());
    assertThat(entries()).hasSize(1);
  }

  @Test
  void aVoteWhoseVoterIsMissingIsNotTakenWhereOneIsNeeded() {
    PendingVote vote = vote("pizza");
    inForce(lunch().perBrowser(true), 2);
    appender.write(List.of(vote));
    assertThat(refusal(vote)).isEqualTo(new Refusal.AnotherRound());
    assertThat(entries()).isEmpty();
  }

  @Test
  void whatRedisRefusesOfABatchIsRefusedAsAWhole() {
    appender.close();
    redis.aclSetUser(stream, "on", ">p", "~*", "+@all", "-xadd", "-@dangerous");
    try {
      appender = appender(DefaultJedisClientConfig.builder().user(stream).password("p"));
      List<PendingVote> batch = List.of(vote("pizza"), vote("soup"));
      assertThat(appender.write(batch)).isEmpty();
      assertThat(outcomes(batch))
          .containsOnly(new VoteOutcome.Refused("the vote store does not let this service write"));
      // And the connection is in order.
      redis.aclSetUser(stream, "+xadd");
      PendingVote vote = vote("soup");
      appender.write(List.of(vote));
      assertThat(outcome(vote)).isInstanceOf(VoteOutcome.Recorded.class);
    } finally {
      redis.aclDelUser(stream);
    }
  }

  @Test
  void whatRedisRefusesWithinATransactionIsRefused() {
    redis.del(stream);
    redis.set(stream, "no stream");
    PendingVote vote = vote("pizza");
    assertThat(appender.write(List.of(vote))).isEmpty();
    assertThat(outcome(vote)).isEqualTo(new VoteOutcome.Refused("the vote store refused the vote"));
  }

  @Test
  void withoutTheRightToTransactionsThereIsNoConnection() {
    redis.aclSetUser(stream, "on", ">p", "~*", "+@all", "-multi");
    try {
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> appender(DefaultJedisClientConfig.builder().user(stream).password("p"))))
          .isInstanceOf(JedisDataException.class);
    } finally {
      redis.aclDelUser(stream);
    }
  }

  @Test
  void aQuietAppenderFollowsThePoll() {
    inForce(lunch().round("2"), 2);
    appender.ping(SOON);
    assertThat(current.get().map(DeclaredPoll::round)).contains("2");
    inForce(lunch().round("1"), 1);
    appender.ping(SOON);
    assertThat(current.get().map(DeclaredPoll::round)).as("never back").contains("2");
  }

  private static PendingVote vote(String option) {
    PollVote poll = new PollVote("1", OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
    VoteEvent event =
        new VoteEvent(
            option,
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(poll));
    return new PendingVote(event, System.nanoTime() + SOON.toNanos());
  }

  private static List<VoteOutcome> outcomes(List<PendingVote> votes) {
    List<VoteOutcome> outcomes = new ArrayList<>();
    votes.forEach(vote -> outcomes.add(outcome(vote)));
    return outcomes;
  }

  private static VoteOutcome outcome(PendingVote vote) {
    try {
      return vote.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Refusal refusal(PendingVote vote) {
    return ((VoteOutcome.NotTaken) outcome(vote)).why();
  }

  private List<Map<String, String>> entries() {
    return redis.xrange(stream, "-", "+").stream().map(StreamEntry::getFields).toList();
  }
}
