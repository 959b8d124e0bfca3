package dev.voting.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;

/** Makes requests of which each is bad in some way; the same ones for the same seed. */
final class BadRequests {
  private static final String VOTE = "{\"option\":\"cats\"}";
  private static final List<String> JSON_VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1e999",
          "\"\"",
          "\"Cats\"",
          "\"cats \"",
          "\"birds\"",
          "[]",
          "{}",
          "[\"cats\"]",
          "{\"a\":\"cats\"}",
          "NaN",
          "Infinity",
          "'cats'",
          "undefined",
          "\"\\ud800\"",
          "\"cats\\u0000\"",
          "1234567890123456789012345678901234567890");
  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "text/html",
          "application/xml",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "application/json; charset=utf-16",
          "application",
          "/",
          ";",
          "application/",
          "*/*");
  private static final List<String> METHODS =
      List.of("GET", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "FOO", "PROPFIND");
  private static final List<String> PATHS =
      List.of(
          "/",
          "/api",
          "/api/",
          "/api/votes",
          "/api/vote/",
          "/api/vote/1",
          "//api/vote",
          "/api/../api/vot",
          "/API/VOTE",
          "/api/results/",
          "/.env",
          "/api/vote%00",
          "/%2e%2e/etc",
          "/api/vote%2f",
          "/healthz",
          "/metrics/x",
          "/api/vote;x=1/y");

  private static final List<String> CREDENTIALS =
      List.of(
          "",
          " ",
          "1",
          "137-ms3ht6p9aehr3006",
          "0-0000000000000000",
          "99999999-0000000000000000",
          "Bearer x",
          "\u00e9",
          "x".repeat(5_000));
  private static final List<String> ROUNDS =
      List.of("", " ", "ROUND", "1,2", "2", "\u00e9", "'; --", "x".repeat(41), "x".repeat(3_000));
  private static final List<String> QUERIES =
      List.of(
          "round=",
          "round=ROUND",
          "round=none",
          "round=1&round=1",
          "round=%",
          "round=%zz",
          "round=%00",
          "round=..%2f",
          "round=%C3%A9",
          "round=" + "x".repeat(41),
          "round=1;x&round=2",
          "round");

  private final Random random;
  private final boolean poll;

  /**
   * A request.
   *
   * @param bytes what to send, one char for each byte
   * @param framed whether it is proper HTTP, so that there must be an answer and the connection may
   *     be used again
   */
  record BadRequest(String bytes, boolean framed) {}

  /**
   * @param poll whether they are for a poll without cats, which admits those with a token
   */
  BadRequests(long seed, boolean poll) {
    this.random = new Random(seed);
    this.poll = poll;
  }

  BadRequest next() {
    return poll && random.nextInt(3) == 0 ? ofPoll() : any();
  }

  private BadRequest ofPoll() {
    return switch (random.nextInt(4)) {
      case 0 -> vote("Ballot-Token: " + pick(CREDENTIALS) + "\r\n");
      case 1 ->
          vote(
              "Poll-Round: "
                  + pick(ROUNDS)
                  + "\r\nCookie: voting-ballot="
                  + pick(CREDENTIALS)
                  + "\r\n");
      case 2 ->
          new BadRequest(
              head(
                  "GET",
                  pick(List.of("/api/results", "/api/results.csv")) + "?" + pick(QUERIES),
                  ""),
              true);
      default ->
          new BadRequest(
              head(
                  pick(List.of("POST", "PUT", "DELETE")),
                  pick(List.of("/api/poll", "/api/results.csv")),
                  ""),
              true);
    };
  }

  private BadRequest vote(String headers) {
    String body = "{\"option\":\"pizza\"}";
    return new BadRequest(
        head(
                "POST",
                "/api/vote",
                headers
                    + "Content-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\n")
            + body,
        true);
  }

  private BadRequest any() {
    return switch (random.nextInt(12)) {
      case 0, 1 -> post(replaced());
      case 2 -> post(inserted());
      case 3 -> post(VOTE.substring(0, random.nextInt(VOTE.length())));
      case 4 -> post("{\"option\":" + pick(JSON_VALUES) + "}");
      case 5 -> post("{\"" + word() + "\":" + pick(JSON_VALUES) + ",\"option\":\"cats\"}");
      case 6 -> post(pick(JSON_VALUES) + pick(List.of("", " ", "x", "{}")));
      case 7 -> post(noise(1 + random.nextInt(200)));
      case 8 -> post(pick(TYPES), VOTE);
      case 9 -> new BadRequest(head(pick(METHODS), "/api/vote", ""), true);
      case 10 -> new BadRequest(head("GET", pick(PATHS), ""), true);
      default -> unframed();
    };
  }

  private BadRequest post(String body) {
    return post("application/json", body);
  }

  private BadRequest post(String type, String body) {
    return new BadRequest(
        head(
                "POST",
                "/api/vote",
                "Content-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n")
            + body,
        true);
  }

  private static String head(String method, String path, String headers) {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
  }

  /** A vote with one byte replaced by another: no single byte leads from a vote to a vote. */
  private String replaced() {
    StringBuilder body = new StringBuilder(VOTE);
    int at = random.nextInt(VOTE.length());
    char other = (char) random.nextInt(256);
    body.setCharAt(at, other == VOTE.charAt(at) ? '\u0001' : other);
    return body.toString();
  }

  private String inserted() {
    StringBuilder body = new StringBuilder(VOTE);
    return body.insert(random.nextInt(VOTE.length() + 1), (char) (0x21 + random.nextInt(0x5E)))
        .toString();
  }

  private String word() {
    byte[] utf8 = (pick(List.of("x", "Option", "count", "é", "a/b", "~")) + "_").getBytes(UTF_8);
    return new String(utf8, ISO_8859_1);
  }

  private String noise(int length) {
    StringBuilder noise = new StringBuilder("!");
    for (int i = 1; i < length; i++) {
      noise.append((char) random.nextInt(256));
    }
    return noise.toString();
  }

  /** What is no proper HTTP. */
  private BadRequest unframed() {
    return new BadRequest(
        switch (random.nextInt(15)) {
          case 0 -> noise(300) + "\r\n\r\n";
          case 1 -> "POST /api/vote\r\n\r\n";
          case 2 -> "POST /api/vote HTTP/9.9\r\nHost: x\r\n\r\n";
          case 3 -> "POST  /api/vote  HTTP/1.1\r\nHost: x\r\n\r\n";
          case 4 -> head("POST", "/api/vote", "Content-Length: -5\r\n");
          case 5 -> head("POST", "/api/vote", "Content-Length: 1x\r\n") + VOTE;
          case 6 -> head("POST", "/api/vote", "Content-Length: 99999999999999999999\r\n");
          case 7 ->
              head("POST", "/api/vote", "Content-Length: 17\r\nTransfer-Encoding: chunked\r\n")
                  + VOTE;
          case 8 ->
              head("POST", "/api/vote", "Transfer-Encoding: chunked\r\n")
                  + pick(
                      List.of(
                          "zz\r\n", "-1\r\n", "ffffffffffff\r\n", "7fffffff\r\n", "5\r\n{}\r\n"));
          case 9 ->
              head(
                  "POST",
                  "/api/vote",
                  "Transfer-Encoding: " + pick(List.of("gzip", "x, y", "")) + "\r\n");
          case 10 -> head("GET", "/" + "a".repeat(5_000 + random.nextInt(5_000)), "");
          case 11 -> head("GET", "/health", "X-Big: " + "b".repeat(20_000) + "\r\n");
          case 12 -> head("GET", "/health", noise(20).replaceAll("[\r\n]", "") + "\r\n");
          case 13 -> brokenOff();
          default -> "GET /\u0000\u00ff HTTP/1.1\r\nHost: \u0001\r\n\r\n";
        },
        false);
  }

  /** A vote of which the end is missing, be it within its headers or its body. */
  private String brokenOff() {
    String whole = post(VOTE).bytes();
    return whole.substring(0, 1 + random.nextInt(whole.length() - 1));
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
