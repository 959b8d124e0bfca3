package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.api.TestServers.Servers;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is the same for all routes: headers, origins, sizes, slow clients. */
@ExtendWith(TestServers.class)
class HttpGuardIT {
  private static final int MIB = 1024 * 1024;

  private final Servers servers;
  private final String database;
  private TestApi api;

  HttpGuardIT(Servers servers) throws SQLException {
    this.servers = servers;
    this.database = servers.newDatabase();
  }

  @BeforeEach
  void start() {
    restart();
  }

  private void restart(String... more) {
    if (api != null) {
      api.close();
    }
    // Ready, or the first answers of a test may differ from the next.
    api = TestApi.start(servers.redis().url(), database, more).awaitReady();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/ready", "/metrics", "/openapi.json", "/api/results", "/no"})
  void everyAnswerCarriesTheSecurityHeaders_andHeadIsGetWithoutABody(String path) throws Exception {
    HttpResponse<String> get = api.get(path);
    HttpResponse<String> head = api.send("HEAD", path, null);
    for (HttpResponse<String> response : List.of(get, head)) {
      assertThat(TestApi.header(response, "X-Frame-Options")).contains("DENY");
      assertThat(TestApi.header(response, "X-Content-Type-Options")).contains("nosniff");
      assertThat(TestApi.header(response, "X-XSS-Protection")).contains("1; mode=block");
      assertThat(TestApi.header(response, "Referrer-Policy"))
          .contains("strict-origin-when-cross-origin");
      assertThat(TestApi.header(response, "Content-Security-Policy"))
          .contains("default-src 'none'; frame-ancestors 'none'");
      assertThat(TestApi.header(response, "Strict-Transport-Security")).isEmpty();
      assertThat(TestApi.header(response, "Access-Control-Allow-Origin")).isEmpty();
    }
    assertThat(head.body()).isEmpty();
    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(TestApi.header(head, "Content-Type")).isEqualTo(TestApi.header(get, "Content-Type"));
  }

  @Test
  void strictTransportIsSetOnlyBehindATrustedProxyWithTls() throws Exception {
    String[] https = {"X-Forwarded-Proto", "https"};
    assertThat(hsts(https)).isFalse();
    restart("TRUSTED_PROXIES", "127.0.0.1");
    assertThat(hsts(https)).isTrue();
    assertThat(hsts("X-Forwarded-Proto", "http")).isFalse();
    assertThat(hsts()).isFalse();
  }

  private boolean hsts(String... headers) throws Exception {
    return TestApi.header(api.send("GET", "/health", null, headers), "Strict-Transport-Security")
        .isPresent();
  }

  @Test
  void pagesOfNamedOriginsMayReadAnswers_othersMayNot() throws Exception {
    restart("CORS_ORIGINS", "https://vote.example, http://localhost:3000");
    HttpResponse<String> allowed = api.vote("cats", "Origin", "http://localhost:3000");
    assertThat(TestApi.header(allowed, "Access-Control-Allow-Origin"))
        .contains("http://localhost:3000");
    assertThat(TestApi.header(allowed, "Access-Control-Allow-Credentials")).isEmpty();
    assertThat(TestApi.header(allowed, "Vary")).contains("Origin");

    for (String origin :
        List.of(
            "https://evil.example", "https://vote.example.evil", "http://vote.example", "null")) {
      HttpResponse<String> other = api.vote("cats", "Origin", origin);
      assertThat(TestApi.header(other, "Access-Control-Allow-Origin")).isEmpty();
      assertThat(TestApi.header(other, "Vary")).contains("Origin");
      assertThat(preflight(origin, "POST").statusCode()).isEqualTo(403);
    }

    HttpResponse<String> preflight = preflight("https://vote.example", "POST");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(TestApi.header(preflight, "Access-Control-Allow-Origin"))
        .contains("https://vote.example");
    assertThat(TestApi.header(preflight, "Access-Control-Allow-Methods")).contains("OPTIONS, POST");
    assertThat(TestApi.header(preflight, "Access-Control-Allow-Headers").orElse(""))
        .contains("Content-Type", "Idempotency-Key");
    assertThat(TestApi.header(preflight, "Access-Control-Max-Age")).contains("600");

    // An error can be read by the page, too.
    HttpResponse<String> error =
        api.send("POST", "/api/vote", "{}", "Origin", "https://vote.example");
    assertThat(error.statusCode()).isEqualTo(422);
    assertThat(TestApi.header(error, "Access-Control-Allow-Origin"))
        .contains("https://vote.example");
  }

  @Test
  void credentialsGoOnlyToNamedOrigins() throws Exception {
    restart("CORS_ORIGINS", "https://vote.example", "CORS_ALLOW_CREDENTIALS", "true");
    HttpResponse<String> named = api.vote("cats", "Origin", "https://vote.example");
    assertThat(TestApi.header(named, "Access-Control-Allow-Credentials")).contains("true");

    restart("CORS_ORIGINS", "*");
    HttpResponse<String> any = api.vote("cats", "Origin", "https://any.example");
    assertThat(TestApi.header(any, "Access-Control-Allow-Origin")).contains("*");
    assertThat(TestApi.header(any, "Access-Control-Allow-Credentials")).isEmpty();
    assertThat(preflight("https://any.example", "POST").statusCode()).isEqualTo(204);
  }

  private HttpResponse<String> preflight(String origin, String method) throws Exception {
    return api.send(
        "OPTIONS", "/api/vote", null, "Origin", origin, "Access-Control-Request-Method", method);
  }

  @Test
  void aMethodThatAPathDoesNotTakeIsAnsweredWithThoseItTakes() throws Exception {
    HttpResponse<String> response = api.send("DELETE", "/api/results", null);
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(TestApi.header(response, "Allow")).contains("GET, HEAD, OPTIONS");
    HttpResponse<String> options = api.send("OPTIONS", "/api/results", null);
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(TestApi.header(options, "Allow")).contains("GET, HEAD, OPTIONS");
  }

  @Test
  void aBodyOfOneMebibyteIsRead_oneByteMoreIsNot() throws Exception {
    String vote = "{\"option\":\"cats\"}";
    String padded = vote + " ".repeat(MIB - vote.length());
    assertThat(api.send("POST", "/api/vote", padded).statusCode()).isEqualTo(201);
    HttpResponse<String> larger = api.send("POST", "/api/vote", padded + " ");
    assertThat(larger.statusCode()).isEqualTo(413);
    assertThat(TestApi.header(larger, "Content-Type")).contains("application/problem+json");
    assertThat(api.entries()).hasSize(1);
  }

  @Test
  void aLargeBodyInChunksIsRefusedToo() throws Exception {
    try (RawHttp http = new RawHttp(api.port())) {
      http.send(
          "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 17; i++) {
        http.send("10000\r\n" + " ".repeat(0x10000) + "\r\n");
      }
      http.send("0\r\n\r\n");
      assertThat(http.read().orElseThrow().status()).isEqualTo(413);
    }
  }

  @Test
  void anAnnouncedHugeBodyIsNotWaitedFor() throws Exception {
    try (RawHttp http = new RawHttp(api.port())) {
      http.send(
          "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
              + "Content-Length: 10000000000\r\n\r\n{");
      assertThat(http.read().orElseThrow().status()).isEqualTo(413);
    }
    try (RawHttp http = new RawHttp(api.port())) {
      http.send(
          "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
              + "Content-Length: 2000000\r\nExpect: 100-continue\r\n\r\n");
      assertThat(http.read().orElseThrow().status()).isEqualTo(413);
    }
  }

  @Test
  void aClientThatTricklesIsCutOff_whileOthersAreServed() throws Exception {
    restart("REQUEST_TIMEOUT_MS", "1500", "VOTE_TIMEOUT_MS", "1000");
    List<String> slow =
        List.of(
            "",
            "POST /api/vo",
            "POST /api/vote HTTP/1.1\r\nHost: x\r\nX-Endless: ",
            "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Content-Length: 1000\r\n\r\n",
            "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Duration>> cut =
          slow.stream().map(s -> threads.submit(() -> trickle(s))).toList();
      assertThat(api.vote("cats").statusCode()).isEqualTo(201);
      for (Future<Duration> each : cut) {
        assertThat(each.get()).isLessThan(Duration.ofSeconds(10));
      }
      assertThat(api.vote("cats").statusCode()).isEqualTo(201);
    }
  }

  @Test
  void aClientThatSaysNothingIsCutOff_oneThatIsIdleBetweenRequestsIsNot() throws Exception {
    restart("REQUEST_TIMEOUT_MS", "1500", "VOTE_TIMEOUT_MS", "1000");
    String request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    try (RawHttp silent = new RawHttp(api.port());
        RawHttp idle = new RawHttp(api.port())) {
      idle.send(request);
      assertThat(idle.read().orElseThrow().status()).isEqualTo(200);
      // It was served before the silent one's time was over, and so idle for at least that long.
      assertThat(silent.awaitClose()).isLessThan(Duration.ofSeconds(10));
      idle.send(request);
      assertThat(idle.read().orElseThrow().status()).isEqualTo(200);
    }
  }

  @Test
  void headersAreBoundedHoweverManyTheyAre() throws Exception {
    try (RawHttp http = new RawHttp(api.port())) {
      StringBuilder bomb = new StringBuilder("GET /health HTTP/1.1\r\nHost: x\r\n");
      for (int i = 0; i < 3_000; i++) {
        bomb.append("X-").append(i).append(": y\r\n");
      }
      http.send(bomb + "\r\n");
      assertThat(http.read().map(RawHttp.Answer::status).orElse(431)).isIn(400, 431);
      assertThat(api.get("/health").statusCode()).isEqualTo(200);
    }
  }

  /** Sends a byte now and then, until the server hangs up. */
  private Duration trickle(String begin) throws Exception {
    long start = System.nanoTime();
    try (RawHttp http = new RawHttp(api.port())) {
      http.send(begin);
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        http.send("1");
                        Thread.sleep(100);
                      }
                    } catch (Exception e) {
                      // The server has hung up, which is what the test waits for.
                    }
                  });
      http.awaitClose();
      sender.interrupt();
      return Duration.ofNanos(System.nanoTime() - start);
    }
  }

  @Test
  void votesOnOneConnectionOneAfterTheOtherWithoutWaiting() throws Exception {
    String vote =
        "POST /api/vote HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: 17\r\n\r\n{\"option\":\"cats\"}";
    try (RawHttp http = new RawHttp(api.port())) {
      http.send(vote.repeat(50));
      for (int i = 0; i < 50; i++) {
        assertThat(http.read().orElseThrow().status()).isEqualTo(201);
      }
    }
    assertThat(api.entries()).hasSize(50);
  }
}
