package dev.voting.local.poll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * Some who vote for one option, each vote in one round, and count the answers. They vote some
 * hundred times a second, or as often as they can with {@code -Dpolls=all}.
 */
final class Voters implements AutoCloseable {
  private static final int HOW_MANY = 4;
  private static final Duration PACE =
      Duration.ofMillis("all".equals(System.getProperty("polls")) ? 0 : 20);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String address;
  private final Map<Integer, Integer> answers = new ConcurrentSkipListMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  private Voters(String address) {
    this.address = address;
  }

  /** Those who only look, and vote when they are asked to. */
  static Voters idle(String address) {
    return new Voters(address);
  }

  static Voters start(String address, String option, String round) {
    var voters = new Voters(address);
    for (int i = 0; i < HOW_MANY; i++) {
      voters.threads.add(Thread.startVirtualThread(() -> voters.run(option, round)));
    }
    return voters;
  }

  /** How often each status was answered; 0 stands for no answer. */
  Map<Integer, Integer> answers() {
    return answers;
  }

  /** Waits until so many more votes were taken. */
  void awaitFurther(int votes) {
    int enough = answers.getOrDefault(201, 0) + votes;
    Awaitility.await().atMost(PATIENCE).until(() -> answers.getOrDefault(201, 0) >= enough);
  }

  /** Votes once, in whatever round there is. */
  int once(String option) throws IOException, InterruptedException {
    return send(option, null);
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    var response =
        http.send(
            HttpRequest.newBuilder(URI.create(address + path)).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(path + " was answered " + response.statusCode());
    }
    return JSON.readTree(response.body());
  }

  void end() throws InterruptedException {
    over = true;
    for (var thread : threads) {
      thread.join();
    }
  }

  private void run(String option, String round) {
    while (!over) {
      int answer;
      try {
        answer = send(option, round);
      } catch (IOException e) {
        answer = 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      answers.merge(answer, 1, Integer::sum);
      LockSupport.parkNanos(PACE.toNanos());
    }
  }

  private int send(String option, String round) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(address + "/api/vote"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofString("{\"option\":\"%s\"}".formatted(option)));
    if (round != null) {
      request.header("Poll-Round", round);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Override
  public void close() {
    over = true;
    http.close();
  }
}
