package dev.voting.local.poll;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.local.Up;
import dev.voting.local.node.PodPorts;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where results are hidden, no option's count is anywhere that can be looked at before the end. */
class HiddenIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** A count that nothing else has. */
  private static final int PIZZA = 1571;

  private static final int SOUP = 229;

  private static final String APP =
      """
      apiVersion: voting.dev/v1alpha1
      kind: VotingApp
      metadata: {name: voting}
      spec:
        exposure: {rateLimit: {perMinute: 1000000, rps: 100000, connections: 1000}}
        poll:
          title: Lunch?
          results: AfterClose
          closesAt: "%s"
          options:
          - {key: pizza, label: Pizza}
          - {key: soup, label: Soup}
      """;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Path corner;
  private String address;

  @BeforeEach
  void makeCorner() throws IOException {
    corner = Up.corner();
  }

  @AfterEach
  void clearCorner() throws IOException {
    http.shutdownNow();
    Up.clear(corner);
  }

  @Test
  void untilTheRoundIsFinalNoCountIsAnywhere_andThenAllAre() throws Exception {
    Path app = closing(Instant.now().plus(1, ChronoUnit.DAYS));
    try (Up up = Up.start(corner, "-f", app.toString())) {
      int port = up.awaitReady(PATIENCE);
      address = "http://localhost:" + port;
      await()
          .atMost(PATIENCE)
          .until(() -> get("/api/poll").body().contains("\"revision\":1,\"state\":\"Open\""));
      vote("pizza", PIZZA);
      vote("soup", SOUP);
      await()
          .atMost(PATIENCE)
          .until(() -> get("/api/results").body().contains("{\"total\":" + (PIZZA + SOUP) + ","));

      assertThat(seen(up)).allSatisfy(HiddenIT::showsNoCount);

      closing(Instant.now());
      assertThat(
              Up.run(corner, "apply", "--port", Integer.toString(port), "-f", app.toString())
                  .exitCode())
          .isZero();
      await().atMost(PATIENCE).until(() -> get("/api/poll").body().contains("\"final\":true"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(get("/api/results").body())
                      .startsWith("{\"pizza\":" + PIZZA + ",\"soup\":" + SOUP + ","));
    }
  }

  private Path closing(Instant at) throws IOException {
    return Files.writeString(
        corner.resolve("app.yaml"), APP.formatted(at.truncatedTo(ChronoUnit.SECONDS)));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(address + path)).build(), BodyHandlers.ofString());
  }

  private void vote(String option, int times) throws Exception {
    HttpRequest vote =
        HttpRequest.newBuilder(URI.create(address + "/api/vote"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"option\":\"" + option + "\"}"))
            .build();
    Callable<Integer> one = () -> http.send(vote, BodyHandlers.discarding()).statusCode();
    try (var threads = Executors.newFixedThreadPool(16)) {
      for (var answer : threads.invokeAll(IntStream.range(0, times).mapToObj(i -> one).toList())) {
        assertThat(answer.get()).isEqualTo(201);
      }
    }
  }

  /** All that somebody can look at, by its name. */
  private Map<String, String> seen(Up up) throws Exception {
    Map<String, String> seen = new LinkedHashMap<>();
    for (String path :
        new String[] {"/api/results", "/api/results?round=1", "/api/results.csv", "/api/poll"}) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      seen.put(path, answer.headers().map() + answer.body());
    }
    seen.put("stream", stream());
    seen.put("output", String.join("\n", up.output()));
    try (KubernetesClient client = up.client()) {
      for (Pod pod : client.pods().inAnyNamespace().list().getItems()) {
        Integer metrics = PodPorts.read(pod).get(8001);
        if (metrics != null) {
          seen.put("metrics of " + pod.getMetadata().getName(), metrics(metrics));
        }
      }
    }
    // Objects with their status, Events and the logs of all containers and of the operator.
    Path report = corner.resolve("report.zip");
    assertThat(Up.run(corner, "report", "--output", report.toString()).exitCode()).isZero();
    try (ZipFile zip = new ZipFile(report.toFile())) {
      for (var entry : zip.stream().toList()) {
        seen.put(entry.getName(), new String(zip.getInputStream(entry).readAllBytes(), UTF_8));
      }
    }
    assertThat(seen.keySet())
        .anyMatch(name -> name.startsWith("metrics of api"))
        .anyMatch(name -> name.startsWith("metrics of consumer"))
        .contains("objects/votingapps.yaml", "objects/events.yaml");
    return seen;
  }

  private String metrics(int port) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
            BodyHandlers.ofString())
        .body();
  }

  /** The poll and the results, with their ids. */
  private String stream() throws Exception {
    var request = HttpRequest.newBuilder(URI.create(address + "/api/results/stream")).build();
    StringBuilder read = new StringBuilder();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                http.send(request, BodyHandlers.ofInputStream()).body(), UTF_8))) {
      while (!read.toString().contains("\"total\":" + (PIZZA + SOUP))) {
        read.append(lines.readLine()).append('\n');
      }
    }
    return read.toString();
  }

  /** Leaves out what counts requests to the API server, processes and time, not votes. */
  private static void showsNoCount(String name, String text) {
    String ours =
        text.replaceAll(
            "(?m)^(retry: |jvm_|process_|system_|.*resourceVersion|.*[pP]id\\b|NOTE).*$", "");
    assertThat(ours)
        .as(name)
        .doesNotContainPattern("(?<![\\w.:-])" + PIZZA + "(\\.0)?(?![\\w.:-])");
  }
}
