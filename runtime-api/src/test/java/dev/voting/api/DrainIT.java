package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end of the service while it is voted on: no vote is counted without its 201. */
@ExtendWith(TestServers.class)
class DrainIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String VOTE =
      "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: 17\r\n\r\n{\"option\":\"cats\"}";

  private final Servers servers;
  private final String database;

  DrainIT(Servers servers) throws SQLException {
    this.servers = servers;
    this.database = servers.newDatabase();
  }

  @RepeatedTest(6)
  void eachVoteThatIsTakenIsAnswered() throws Exception {
    AtomicInteger recorded = new AtomicInteger();
    try (TestApi api = TestApi.start(servers.redis().url(), database);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> runs = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        boolean keeps = i % 2 == 0;
        runs.add(clients.submit(() -> voteUntilTheEnd(api.port(), keeps, recorded)));
      }
      await().atMost(SOON).until(() -> recorded.get() > 500);

      api.end();

      for (Future<List<String>> run : runs) {
        assertThat(run.get()).as("answers other than 201").isEmpty();
      }
      assertThat(api.entries()).as("each vote taken was answered").hasSize(recorded.get());
    }
  }

  /** Votes until the service has ended; returns its answers other than 201. */
  private static List<String> voteUntilTheEnd(int port, boolean keeps, AtomicInteger recorded) {
    List<String> others = new ArrayList<>();
    while (true) {
      try (RawHttp http = new RawHttp(port)) {
        Optional<RawHttp.Answer> answer;
        do {
          http.send(VOTE);
          answer = http.read();
          if (answer.isPresent()) {
            if (answer.get().status() == 201) {
              recorded.incrementAndGet();
            } else {
              others.add(answer.get().status() + " " + answer.get().body());
            }
          }
        } while (keeps && answer.isPresent() && !answer.get().closes());
      } catch (IOException e) {
        // Connections are refused: this is the end, unless the end was an answer too late.
        return others;
      }
    }
  }

  @Test
  void aRequestOfWhichAByteWasReadIsReadWholeAndAnswered() throws Exception {
    try (TestApi api = TestApi.start(servers.redis().url(), database);
        RawHttp http = new RawHttp(api.port());
        RawHttp idle = new RawHttp(api.port());
        ExecutorService closer = Executors.newVirtualThreadPerTaskExecutor()) {
      idle.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(idle.read().orElseThrow().status()).isEqualTo(200);
      http.send(VOTE.substring(0, 30));
      awaitConnectionInRequest(api);

      Future<?> closing = closer.submit(api::end);
      assertThat(idle.awaitClose()).isLessThan(SOON);
      http.send(VOTE.substring(30));

      RawHttp.Answer answer = http.read().orElseThrow();
      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.closes()).isTrue();
      closing.get();
    }
  }

  /** Until what was sent before is surely read: a request that is sent later has its answer. */
  private static void awaitConnectionInRequest(TestApi api) throws IOException {
    for (int i = 0; i < 20; i++) {
      try (RawHttp other = new RawHttp(api.port())) {
        other.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(other.read().orElseThrow().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void whoConnectsAndSaysNothingDoesNotHoldUpTheEnd() throws Exception {
    try (TestApi api = TestApi.start(servers.redis().url(), database);
        RawHttp silent = new RawHttp(api.port())) {
      awaitConnectionInRequest(api);
      long start = System.nanoTime();
      api.end();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
      assertThat(silent.read()).isEmpty();
    }
  }
}
