package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.BadRequests.BadRequest;
import dev.voting.api.TestServers.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many bad requests: each is answered as the client's error.
 *
 * <p>System property: {@code bad.requests} (default 900), how many each of the clients makes.
 */
@ExtendWith(TestServers.class)
class BadRequestsIT {
  private static final int CLIENTS = 8;
  private static final int REQUESTS_EACH = Integer.getInteger("bad.requests", 900);

  private static final List<String> NOT_FOR_CLIENTS =
      List.of("Exception", "\tat ", "java.", "io.helidon", "dev.voting", "fasterxml", "jedis");

  private final Servers servers;

  BadRequestsIT(Servers servers) {
    this.servers = servers;
  }

  @Test
  void allAreRefusedAndNoneIsTheServersFault() throws Exception {
    try (TestApi api = TestApi.start(servers.redis().url(), servers.newDatabase())) {
      refused(api, false);
      assertThat(api.vote("cats").statusCode()).isEqualTo(201);
    }
  }

  @Test
  void thoseForAPollToo(@TempDir Path folder) throws Exception {
    String[] poll = TestPoll.of("pizza", "soup").perToken(500).environment(folder);
    try (TestApi api = TestApi.start(servers.redis().url(), servers.newDatabase(), poll)) {
      refused(api.awaitReady(), true);
      assertThat(api.vote("pizza", "Ballot-Token", "137-ms3ht6p9aehr3005").statusCode())
          .isEqualTo(201);
    }
  }

  private static void refused(TestApi api, boolean poll) throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Map<Integer, Integer>>> runs = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        long seed = i;
        runs.add(clients.submit(() -> run(api.port(), new BadRequests(seed, poll), seed)));
      }
      Map<Integer, Integer> statuses = new TreeMap<>();
      for (Future<Map<Integer, Integer>> run : runs) {
        run.get().forEach((status, count) -> statuses.merge(status, count, Integer::sum));
      }

      int answered = statuses.values().stream().mapToInt(Integer::intValue).sum();
      assertThat(answered).as("%s", statuses).isGreaterThan(CLIENTS * REQUESTS_EACH * 4 / 5);
      assertThat(statuses).containsKeys(400, 404, 405, 415, 422);
      assertThat(api.entries()).as("no bad request became a vote").isEmpty();
      assertThat(api.get("/metrics").body()).doesNotContain("status=\"5");
    }
  }

  /** How often there was which status; those left without an answer are not counted. */
  private static Map<Integer, Integer> run(int port, BadRequests requests, long seed)
      throws IOException {
    Map<Integer, Integer> statuses = new TreeMap<>();
    RawHttp connection = new RawHttp(port);
    try {
      for (int i = 0; i < REQUESTS_EACH; i++) {
        BadRequest request = requests.next();
        connection.send(request.bytes());
        if (!request.framed()) {
          connection.finishSending();
        }
        Optional<RawHttp.Answer> answer = connection.read();
        if (request.framed()) {
          assertThat(answer).as("seed %d, request %d: %s", seed, i, request).isPresent();
        }
        if (answer.isPresent()) {
          check(request, answer.get());
          statuses.merge(answer.get().status(), 1, Integer::sum);
        }
        if (!request.framed() || answer.get().closes()) {
          connection.close();
          connection = new RawHttp(port);
        }
      }
    } finally {
      connection.close();
    }
    return statuses;
  }

  private static void check(BadRequest request, RawHttp.Answer answer) {
    assertThat(answer.status()).as("%s", request).isBetween(400, 499);
    assertThat(answer.headers())
        .as("%s", request)
        .contains("content-type: application/problem+json", "x-frame-options: deny");
    for (String word : NOT_FOR_CLIENTS) {
      assertThat(answer.body()).as("%s", request).doesNotContain(word);
    }
    if (!request.bytes().startsWith("HEAD")) {
      assertThat(answer.body())
          .as("%s", request)
          .startsWith("{\"type\":\"about:blank\",\"title\":\"")
          .contains("\"status\":" + answer.status());
    }
  }
}
