package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import dev.voting.runtime.PollVote;
import dev.voting.runtime.VoteEvent;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.StreamEntry;

/** A close amid votes: by Redis' clock alone, whatever those of the API's machines say. */
@ExtendWith(TestServers.class)
@Timeout(120)
class PollCloseIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration AHEAD = Duration.ofMillis(1_500);
  private static final int CLIENTS = 4;

  @TempDir private Path folder;

  private final Servers servers;
  private final String database;
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Set<String> others = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  PollCloseIT(Servers servers) throws SQLException {
    this.servers = servers;
    this.database = servers.newDatabase();
  }

  @Test
  void replicasWhoseClocksAreThreeSecondsApartAcceptWhatCounts() throws Exception {
    String stream = "votes-of-two-clocks";
    TestPoll poll = TestPoll.of("pizza", "salad").closes(redisSecond() + 3);
    String[] environment = poll.environment(folder, "STREAM_NAME", stream);
    try (TestApi early = start(Duration.ZERO.minus(AHEAD), environment);
        TestApi late = start(AHEAD, environment);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      poll.inForce(early, 1, 1);
      for (int i = 0; i < CLIENTS; i++) {
        clients.submit(() -> vote(early));
        clients.submit(() -> vote(late));
      }
      await().atMost(SOON).until(() -> isClosed(early) && isClosed(late));
      stopped = true;
      clients.shutdown();
      assertThat(clients.awaitTermination(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

      assertThat(accepted).isNotEmpty().isEqualTo(counted(early));
      assertThat(others).containsExactly("409 Closed");
    }
  }

  private TestApi start(Duration offset, String... environment) {
    return TestApi.start(
            Clock.offset(Clock.systemUTC(), offset), servers.redis().url(), database, environment)
        .awaitReady();
  }

  private long redisSecond() {
    try (Jedis redis = new Jedis(URI.create(servers.redis().url()))) {
      return Long.parseLong(redis.time().getFirst());
    }
  }

  private Void vote(TestApi api) throws Exception {
    while (!stopped) {
      HttpResponse<String> answer = api.vote("pizza");
      if (answer.statusCode() == 201) {
        accepted.add(answer.body().replaceAll(".*\"stream_id\":\"([0-9-]+)\".*", "$1"));
      } else {
        others.add(
            answer.statusCode()
                + " "
                + answer.body().replaceAll(".*\"reason\":\"([A-Za-z]+)\".*", "$1"));
      }
    }
    return null;
  }

  private static boolean isClosed(TestApi api) throws Exception {
    return api.get("/api/poll").body().contains("\"Closed\"")
        && api.vote("pizza").statusCode() == 409;
  }

  /** By what the entries say themselves, as the consumer and the database decide. */
  private static Set<String> counted(TestApi api) {
    return api.entries().stream()
        .filter(entry -> counts(entry))
        .map(entry -> entry.getID().toString())
        .collect(Collectors.toSet());
  }

  private static boolean counts(StreamEntry entry) {
    return PollVote.of(
            entry.getFields().get(VoteEvent.ROUND), entry.getFields().get(VoteEvent.WINDOW), null)
        .orElseThrow()
        .holds(entry.getID().toString());
  }
}
