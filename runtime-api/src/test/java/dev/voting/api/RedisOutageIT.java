package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import dev.voting.servers.redis.RedisServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.resps.StreamEntry;

/**
 * What Redis can do to the votes while many clients vote. Whatever happens: every vote answered 201
 * is in the stream, none answered "not counted" is, and none twice.
 */
@ExtendWith(TestServers.class)
class RedisOutageIT {
  private static final Duration VOTE_DEADLINE = Duration.ofSeconds(2);
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Pattern INFO_USED = Pattern.compile("used_memory:(\\d+)");

  private final String database;
  private final Path folder = TestServers.temporaryFolder();
  private RedisServer redis;
  private TestApi api;

  RedisOutageIT(Servers servers) throws SQLException {
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
  void ofAPollToo_killedTwiceAndStartedAgain() throws Exception {
    restartWithAPoll();
    killedTwiceAndStartedAgain();
  }

  @Test
  void ofAPollToo_fullAndEmptiedAgain() throws Exception {
    restartWithAPoll();
    fullAndEmptiedAgain();
  }

  @Test
  void ofAPollToo_madeAReadOnlyReplicaAndAPrimaryAgain() throws Exception {
    restartWithAPoll();
    madeAReadOnlyReplicaAndAPrimaryAgain();
  }

  private void restartWithAPoll() {
    api.close();
    api = TestApi.start(redis.url(), database, TestPoll.of("cats", "dogs").environment(folder));
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
      admin.setrange("filler", (16 << 20) - 1, "x");
      // Room for some more votes, and then for none.
      long used =
          Long.parseLong(
              INFO_USED.matcher(admin.info("memory")).results().findFirst().orElseThrow().group(1));
      admin.configSet("maxmemory", Long.toString(used + (64 << 10)));
      await().atMost(SOON).until(() -> voters.refused.size() > 100);
      assertThat(api.vote("cats").body()).contains("the vote store is full");
      assertThat(api.get("/ready").statusCode()).as("it answers").isEqualTo(200);
      admin.del("filler");
      awaitBackWithinASecond();
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
  void loadingItsDataAfterARestart() throws Exception {
    restartRedisThatLoadsSlowly();
    try (Voters voters = new Voters(api, 16);
        ExecutorService starter = Executors.newVirtualThreadPerTaskExecutor()) {
      awaitVotes(voters, 200);
      redis.kill();
      Future<?> started = starter.submit(redis::start);
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> api.get("/ready").body().contains("redis: the vote store is still loading"));
      assertThat(started.isDone()).as("it still loads").isFalse();
      assertThat(api.vote("cats").statusCode()).isEqualTo(503);
      started.get();
      awaitBackWithinASecond();
      awaitVotes(voters, 200);
      voters.finish();
      checkTheBooks(voters);
    }
  }

  @Test
  void isNotReadyWhileItLoadsThoughNobodyVotes() throws Exception {
    restartRedisThatLoadsSlowly();
    redis.kill();
    try (ExecutorService starter = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> started = starter.submit(redis::start);
      await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(this::isLoading);
      List<Integer> meanwhile = new ArrayList<>();
      for (boolean loads = true; loads; ) {
        int ready = api.get("/ready").statusCode();
        loads = isLoading();
        if (loads) {
          meanwhile.add(ready);
        }
      }
      assertThat(meanwhile).isNotEmpty().containsOnly(503);
      started.get();
    }
    awaitBackWithinASecond();
  }

  private boolean isLoading() {
    try (Jedis admin = api.redis()) {
      return admin.info("persistence").contains("loading:1");
    } catch (JedisException e) {
      return false;
    }
  }

  private void restartRedisThatLoadsSlowly() {
    api.close();
    redis.close();
    redis =
        RedisServer.at(folder.resolve("slow"))
            .setting("appendonly", "yes")
            .setting("appendfsync", "always")
            .setting("key-load-delay", "100")
            // Redis refuses what a user may not do before it says that it is loading.
            .setting("user", "api on >secret ~* &* +@all -xgroup")
            .start();
    String url = redis.url().replace("redis://", "redis://api:secret@");
    api = TestApi.start(url, database).awaitReady();
    try (Jedis admin = api.redis();
        Pipeline pipeline = admin.pipelined()) {
      for (int i = 0; i < 20_000; i++) {
        pipeline.xadd("filler", XAddParams.xAddParams(), Map.of("n", Integer.toString(i)));
      }
    }
  }

  @Test
  void aFullQueueIsAnsweredAtOnce() throws Exception {
    api.close();
    Duration deadline = Duration.ofSeconds(10);
    api =
        TestApi.start(
                redis.url(),
                database,
                "VOTE_QUEUE",
                "5",
                "VOTE_TIMEOUT_MS",
                Long.toString(deadline.toMillis()),
                "REQUEST_TIMEOUT_MS",
                "60000")
            .awaitReady();
    redis.pause();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      // One batch is on its way, at most as many wait as may; the rest is too much.
      List<Future<HttpResponse<String>>> votes = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        votes.add(clients.submit(() -> api.vote("cats")));
      }
      await()
          .atMost(deadline.dividedBy(2))
          .until(() -> votes.stream().filter(Future::isDone).count() > 10);
      for (Future<HttpResponse<String>> vote : votes) {
        if (vote.isDone()) {
          assertThat(vote.get().statusCode()).isEqualTo(503);
          assertThat(TestApi.header(vote.get(), "Retry-After")).contains("1");
          assertThat(vote.get().body())
              .contains("the vote was not counted: too many votes are waiting");
        }
      }
      assertThat(api.get("/metrics").body()).containsPattern("\nvote_queue_full_total [1-9]");
      redis.resume();
      for (Future<HttpResponse<String>> vote : votes) {
        assertThat(vote.get().statusCode()).isIn(201, 503);
      }
      awaitBackWithinASecond();
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

  private void awaitBackWithinASecond() throws Exception {
    Duration slowness = Duration.ZERO;
    long start = System.nanoTime();
    while (api.vote("dogs").statusCode() != 201) {
      // What any request takes now on a machine that is busy with other things.
      long before = System.nanoTime();
      api.get("/health");
      slowness = slowness.plusNanos(System.nanoTime() - before);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isLessThan(Duration.ofSeconds(1).plus(slowness.multipliedBy(2)));
      Thread.sleep(10);
    }
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
    assertThat(voters.slowest()).isLessThan(VOTE_DEADLINE.plusSeconds(3));
  }
}
