package dev.voting.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.consumer.poll.PollProgram;
import dev.voting.consumer.settings.PollSettings;
import dev.voting.runtime.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that declares a poll, with a real Redis and a real PostgreSQL. */
class PollProgramIT extends WithServers {
  private static final String KEY = "{votes}:poll";
  private static final String PAST = ",\"closesAt\":\"2020-01-01T00:00:00Z\"";

  @TempDir private Path folder;

  @BeforeEach
  void files() throws IOException {
    files("1", "", 1);
  }

  @Test
  void saysInOneLineWhatIsInForce() throws Exception {
    assertThat(declare())
        .isEqualTo("poll declared; in force: round 1, revision 1, opens -, closes -, final no");
    assertThat(Files.readString(folder.resolve("log"))).isEqualTo(declare());
    assertThat(redis.get(KEY)).contains("\"title\": \"A or B?\"");
    files("1", ",\"opensAt\":\"2019-01-01T00:00:00Z\"" + PAST, 2);
    assertThat(declare())
        .isEqualTo(
            "poll declared; in force: round 1, revision 2, opens 2019-01-01T00:00:00Z,"
                + " closes 2020-01-01T00:00:00Z, final no");
    assertThat(redis.get(KEY)).contains("2019-01-01");
  }

  @Test
  void saysWhatIsWrongWhileTheOldDefinitionStaysInForce() throws Exception {
    declare();
    String inForce = redis.get(KEY);
    files("1", ",\"results\":\"AfterClose\"", 2);
    assertThat(declare())
        .matches(
            "poll refused: results: .*; in force: round 1, revision 1, opens -, closes -, final no");
    assertThat(redis.get(KEY)).isEqualTo(inForce);
  }

  /** Nothing is left to whoever comes next but to repeat it. */
  @Test
  void killedBetweenTheCommitAndRedisItIsRepeated() throws Exception {
    servers.execute("SELECT * FROM declare_poll('" + POLL.formatted("1", "") + "', 'app', 1, 0)");
    assertThat(redis.exists(KEY)).isFalse();
    assertThat(declare()).startsWith("poll declared; in force: round 1, revision 1,");
    assertThat(redis.get(KEY)).contains("\"round\": \"1\"");
  }

  @Test
  void aRestoredDatabaseComesToNumbersThatRedisTakes() throws Exception {
    redis.set(KEY, "00000000000000900000{}");
    declare();
    assertThat(redis.get(KEY)).startsWith("00000000000000900001{\"seq\": 900001");
  }

  /** The files of a ConfigMap that was replaced may be late. */
  @Test
  void anOlderDefinitionWaitsUntilItIsReplaced() throws Exception {
    files("2", "", 5);
    declare();
    files("1", "", 4);
    CompletableFuture<String> older = CompletableFuture.supplyAsync(this::declare);
    await()
        .untilAsserted(
            () ->
                assertThat(
                        servers.count(
                            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%declare_poll%'"
                                + " AND application_name = 'program' AND state = 'idle'"))
                    .isEqualTo(1));
    assertThat(older).isNotDone();
    assertThat(servers.query("SELECT max(round) FROM polls")).isEqualTo("2");
    files("3", "", 6);
    assertThat(older.get(60, TimeUnit.SECONDS)).contains("in force: round 3,");
  }

  @Test
  void itWaitsForBothServers() throws Exception {
    servers.postgres.stop();
    CompletableFuture<String> waiting = CompletableFuture.supplyAsync(this::declare);
    servers.postgres.start();
    assertThat(waiting.get(60, TimeUnit.SECONDS)).startsWith("poll declared");
  }

  /** As the container runs it; and the consumer beside makes the round final. */
  @Test
  void asAProcessItWaitsUntilTheConsumerHasFinishedTheRound() throws Exception {
    files("1", PAST, 1);
    Map<String, String> environment = programEnvironment();
    start();
    add(Map.of("choice", "a", "round", "1"));
    try (ConsumerProcess program =
        ConsumerProcess.startProgram(environment, "poll", "--until-final")) {
      assertThat(program.exitCode()).isZero();
      assertThat(program.log())
          .contains(
              "poll declared; in force: round 1, revision 1, opens -, closes 2020-01-01T00:00:00Z,"
                  + " final yes");
    }
    assertThat(ballots()).isEqualTo("a=1 b=0");
    assertThat(consumer.metric("voting_consumer_rounds_finished_total")).isEqualTo(1);
    try (ConsumerProcess program = ConsumerProcess.startProgram(environment, "poll", "-x")) {
      assertThat(program.exitCode()).isEqualTo(2);
    }
  }

  private String declare() {
    try {
      return new PollProgram(PollSettings.from(new Environment(programEnvironment())), false)
          .declare();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Map<String, String> programEnvironment() {
    Map<String, String> environment = environment();
    environment.put("CONSUMER_NAME", "program");
    environment.put("POLL_FILE", folder.resolve("poll.json").toString());
    environment.put("POLL_SOURCE_FILE", folder.resolve("source").toString());
    environment.put("POLL_GENERATION_FILE", folder.resolve("generation").toString());
    environment.put("TERMINATION_LOG", folder.resolve("log").toString());
    return environment;
  }

  private void files(String round, String more, long generation) throws IOException {
    Files.writeString(folder.resolve("poll.json"), POLL.formatted(round, more));
    Files.writeString(folder.resolve("source"), "app\n");
    Files.writeString(folder.resolve("generation"), generation + "\n");
  }
}
