package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import dev.voting.servers.redis.RedisServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.StreamEntry;

/**
 * What Redis can do to the votes while many clients vote. Whatever happens: every vote answered 201
 * is in the stream, none answered "not counted" is, and none twice.
 */
@ExtendWith(TestServers.class)
class RedisTroubleIT {
  private static final Duration VOTE_DEADLINE = Duration.ofSeconds(2);
  private static final Duration SOON = Duration.ofSeconds(10);

  private final String database;
  private final Path folder = TestServers.temporaryFolder();
  private RedisServer redis;
  private TestApi api;

  RedisTroubleIT(Servers servers) throws SQLException {
    this.database = servers.newDatabase();
  }

  @BeforeEach
  void start() {
    // "always": the test is about the service, not about the second that "everysec" may lose.
    redis = TestServers.redis(folder.resolve("redis"), "always");
    api = TestApi.start(redis.url(), database);
  }

  @AfterEach
  void stop() {
    api.close();
    redis.close();
    TestServers.delete(folder);
  }

  @Test
  void killedTwiceAndStartedAgain() throws Exception {
    try (Voters voters = new Voters(api, 32)) {
      for (int i = 1; i <= 2; i++) {
        awaitVotes(voters, 500);
        redis.kill();
        await().atMost(SOON).until(() -> api.get("/ready").body().contains("redis: "));
        await().atMost(SOON).until(() -> !voters.refused.isEmpty());
        redis.start();
        awaitBackWithinASecond();
      }
      awaitVotes(voters, 500);
      voters.finish();
      checkTheBooks(voters);
    }
  }

  @Test
  void hangingAndGoingOn() throws Exception {
    try (Voters voters = new Voters(api, 32)) {
      awaitVotes(voters, 500);
      redis.pause();
      await().atMost(SOON).until(() -> api.get("/ready").body().contains("redis: "));
      await().atMost(SOON).until(() -> voters.unclear.size() + voters.refused.size() > 40);
      redis.resume();
      awaitBackWithinASecond();
      awaitVotes(voters, 500);
      voters.finish();
      checkTheBooks(voters);
    }
  }

  @Test
  void fullAndEmptiedAgain() throws Exception {
    try (Jedis admin = api.redis();
        Voters voters = new Voters(api, 16)) {
      awaitVotes(voters, 200);
      admin.configSet("maxmemory", "1");
      await().atMost(SOON).until(() -> voters.refused.size() > 100);
      assertThat(api.vote("cats").body()).contains("the vote store is full");
      assertThat(api.get("/ready").statusCode()).as("it answers").isEqualTo(200);
      admin.configSet("maxmemory", "0");
      awaitVotes(voters, 200);
      voters.finish();
      assertThat(voters.unclear).isEmpty();
      checkTheBooks(voters);
    }
  }

  @Test
  void madeAReadOnlyReplicaAndAPrimaryAgain() throws Exception {
    try (RedisServer other = TestServers.redis(folder.resolve("other"), "no");
        Jedis admin = api.redis();
        Voters voters = new Voters(api, 16)) {
      awaitVotes(voters, 200);
      admin.configSet("masterauth", "r@d:is%/");
      // A replica of a server that cannot be reached keeps its data and takes no writes.
      other.pause();
      admin.replicaof("127.0.0.1", other.port());
      await().atMost(SOON).until(() -> voters.refused.size() > 50);
      await()
          .atMost(SOON)
          .until(() -> api.get("/ready").body().contains("redis: the vote store is read-only"));
      admin.replicaofNoOne();
      awaitBackWithinASecond();
      awaitVotes(voters, 200);
      voters.finish();
      other.resume();
      checkTheBooks(voters);
    }
  }

  @Test
  void slowForLessThanTheDeadlineCostsNothing() throws Exception {
    try (Jedis admin = api.redis()) {
      HttpResponse<String> before = api.vote("cats");
      assertThat(before.statusCode()).isEqualTo(201);
      Thread sleeper =
          Thread.ofVirtual().start(() -> admin.sendCommand(() -> "DEBUG".getBytes(), "SLEEP", "1"));
      try (Voters voters = new Voters(api, 8)) {
        sleeper.join();
        awaitVotes(voters, 50);
        voters.finish();
        assertThat(voters.refused).isEmpty();
        assertThat(voters.unclear).isEmpty();
        checkTheBooks(voters);
      }
    }
  }

  @Test
  void aPasswordThatIsRefusedIsSaidAndNotShown() throws Exception {
    try (TestApi wrong = TestApi.start(redis.url().replaceAll(":[^:@/]*@", ":s3cret@"), database)) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  wrong
                      .get("/ready")
                      .body()
                      .contains("redis: the vote store refuses the password"));
      HttpResponse<String> refused = wrong.vote("cats");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).doesNotContain("s3cret").doesNotContain("127.0.0.1");
    }
  }

  private static void awaitVotes(Voters voters, int more) {
    int target = voters.recorded.size() + more;
    await().atMost(SOON).until(() -> voters.recorded.size() >= target);
  }

  private void awaitBackWithinASecond() {
    await()
        .atMost(Duration.ofSeconds(1))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> api.vote("dogs").statusCode() == 201);
  }

  private void checkTheBooks(Voters voters) {
    Map<String, String> kept = new HashMap<>();
    for (StreamEntry entry : api.entries()) {
      String key = entry.getFields().get("request_id");
      if (key != null) {
        assertThat(kept.put(key, entry.getID().toString())).as("%s is there twice", key).isNull();
      }
    }
    assertThat(kept).as("every 201 is in the stream").containsAllEntriesOf(voters.recorded);
    assertThat(voters.refused).as("a refused vote is not").noneMatch(kept::containsKey);
    Set<String> others = new HashSet<>(kept.keySet());
    others.removeAll(voters.recorded.keySet());
    assertThat(voters.unclear).as("only unclear ones may be").containsAll(others);
    assertThat(voters.unexpected).isEmpty();
    assertThat(voters.slowest()).isLessThan(VOTE_DEADLINE.plusSeconds(1));
  }
}
