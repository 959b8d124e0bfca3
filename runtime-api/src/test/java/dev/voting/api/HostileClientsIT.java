package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.voting.api.TestServers.Servers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that send too much, too little, or nothing, and very many of them. */
@ExtendWith(TestServers.class)
class HostileClientsIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Servers servers;
  private final String database;
  private final List<RawHttp> clients = new ArrayList<>();
  private TestApi api;

  HostileClientsIT(Servers servers) throws SQLException {
    this.servers = servers;
    this.database = servers.newDatabase();
  }

  private void start(String... more) {
    api = TestApi.start(servers.redis().url(), database, more).awaitReady();
  }

  @AfterEach
  void stop() throws Exception {
    for (RawHttp client : clients) {
      client.close();
    }
    api.close();
  }

  private RawHttp connect() throws Exception {
    RawHttp client = new RawHttp(api.port());
    clients.add(client);
    return client;
  }

  /** The beginning of a request whose body stalls. */
  private static String upload(String line, String headers) {
    return line + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n{";
  }

  @ParameterizedTest
  @CsvSource({
    "POST /nothing,Content-Type: application/json,404",
    "PUT /api/vote,Content-Type: application/json,405",
    "POST /api/results,Content-Type: application/json,405",
    "POST /api/vote,Content-Type: text/plain,415"
  })
  void whatIsRefusedByItsHeadIsRefusedBeforeItsBodyHasCome(String line, String type, int status)
      throws Exception {
    start();
    for (String body : List.of("Content-Length: 1000000", "Transfer-Encoding: chunked")) {
      RawHttp client = connect();
      client.send(upload(line, type + "\r\n" + body));
      RawHttp.Answer answer = client.read().orElseThrow();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.closes()).isTrue();
    }
  }

  @Test
  void whoIsOverItsRateIsRefusedBeforeItsBodyHasCome() throws Exception {
    start("RATE_LIMIT_REQUESTS_PER_SECOND", "0.01", "RATE_LIMIT_BURST", "1");
    assertThat(api.vote("cats").statusCode()).isEqualTo(201);
    RawHttp client = connect();
    client.send(
        upload("POST /api/vote", "Content-Type: application/json\r\nContent-Length: 1000000"));
    assertThat(client.read().orElseThrow().status()).isEqualTo(429);
  }

  @Test
  void aBodyIsValidatedAsItArrives() throws Exception {
    start();
    RawHttp client = connect();
    client.send(
        upload("POST /api/vote", "Content-Type: application/json\r\nTransfer-Encoding: chunked")
            .replace("{", "7\r\n{\"a\" b}\r\n"));
    assertThat(client.read().orElseThrow().status()).isEqualTo(400);
  }

  @Test
  void requestsTogetherTakeNoMoreMemoryThanTheyMay_andGiveItBack() throws Exception {
    start("MAX_REQUEST_BYTES", "200000");
    for (int i = 0; i < 10; i++) {
      RawHttp client = connect();
      client.send(
          upload("POST /api/vote", "Content-Type: application/json\r\nContent-Length: 1000000")
              + " ".repeat(50_000));
    }
    await()
        .atMost(SOON)
        .until(
            () ->
                api.get("/metrics")
                    .body()
                    .contains("method=\"POST\",route=\"/api/vote\",status=\"503\""));
    assertThat(api.vote("cats").statusCode()).as("a small one needs no asking").isEqualTo(201);
    for (RawHttp client : clients) {
      client.close();
    }
    String vote = "{\"option\":\"cats\"}" + " ".repeat(150_000);
    await().atMost(SOON).until(() -> api.send("POST", "/api/vote", vote).statusCode() == 201);
  }

  @Test
  void headersCountTowardsThatMemoryToo() throws Exception {
    start("MAX_REQUEST_BYTES", "65536");
    for (int i = 0; i < 20; i++) {
      connect().send("GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + "y".repeat(15_000));
    }
    int refused = 0;
    for (RawHttp client : clients.subList(10, 20)) {
      Optional<RawHttp.Answer> answer = client.read();
      if (answer.isPresent()) {
        assertThat(answer.get().status()).isEqualTo(503);
        assertThat(answer.get().headers()).contains("retry-after: ");
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void idleConnectionsGiveWay_andAVoteIsTakenBesideThem() throws Exception {
    start("MAX_CONNECTIONS", "50");
    for (int i = 0; i < 300; i++) {
      connect();
    }
    // By then nearly all are accepted, and all of before have given way.
    clients.get(240).awaitClose();
    assertThat(api.vote("cats").statusCode()).isEqualTo(201);
    assertThat(clients.getFirst().read()).as("the first gave way").isEmpty();
  }

  @Test
  void whoHasSaidSomethingStaysWhileOthersAreSilent() throws Exception {
    start("MAX_CONNECTIONS", "50");
    String vote =
        "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: 17\r\n\r\n{\"option\":\"cats\"}";
    for (int i = 0; i < 30; i++) {
      connect().send(vote.substring(0, 20));
    }
    await().atMost(SOON).until(() -> api.get("/health").statusCode() == 200);
    for (int i = 0; i < 300; i++) {
      connect();
    }
    clients.get(240).awaitClose();
    for (RawHttp begun : clients.subList(0, 30)) {
      begun.send(vote.substring(20));
      assertThat(begun.read().orElseThrow().status()).isEqualTo(201);
    }
  }

  @Test
  void stalledRequestsGiveWayToo() throws Exception {
    start("MAX_CONNECTIONS", "50");
    for (int i = 0; i < 300; i++) {
      connect().send("POST /api/vote HTTP/1.1\r\nHost: x\r\nX-Long: ");
    }
    clients.get(200).awaitClose();
    assertThat(api.vote("cats").statusCode()).isEqualTo(201);
  }

  @Test
  void probesHaveAPortOfTheirOwn() throws Exception {
    start("MAX_CONNECTIONS", "1");
    connect();
    connect();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : List.of("/health", "/ready", "/metrics")) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.metricsPort() + path))
                    .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(path).isEqualTo(200);
      }
    }
  }

  @Test
  void streamsHaveACapOfTheirOwn_beyondWhichClientsGetARetryAfter() throws Exception {
    start("MAX_STREAMS", "3", "MAX_CONNECTIONS", "10");
    for (int i = 0; i < 3; i++) {
      RawHttp client = connect();
      client.send("GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n");
      client.readUntil("\"total\":0");
    }
    RawHttp fourth = connect();
    fourth.send("GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n");
    RawHttp.Answer answer = fourth.read().orElseThrow();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsPattern("retry-after: [1-6][0-9]\r\n");
    assertThat(api.vote("cats").statusCode()).isEqualTo(201);

    clients.getFirst().close();
    await()
        .atMost(SOON)
        .until(() -> api.get("/metrics").body().contains("\nresults_streams 2.0\n"));
    fourth.send("GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n");
    fourth.readUntil("\"total\":0");
  }

  @Test
  void aStreamEndsAtItsAge_andItsClientComesBack() throws Exception {
    start("STREAM_MAX_AGE_MS", "1000");
    RawHttp client = connect();
    client.send("GET /api/results/stream HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.readUntil("\r\n0\r\n\r\n")).contains("\"total\":0");
  }
}
