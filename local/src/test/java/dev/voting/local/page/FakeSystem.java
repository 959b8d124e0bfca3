package dev.voting.local.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.operator.blueprint.page.Page;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** The page as it is served, before an API that does what the test says. */
final class FakeSystem implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final Site site;

  private final AtomicInteger votes = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private final Set<HttpServerResponse> streams = ConcurrentHashMap.newKeySet();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Ballot> ballots = new CopyOnWriteArrayList<>();

  /** A vote as it came: the key of its option, and a poll's headers, "" where there was none. */
  record Ballot(String body, String key, String round, String token) {}

  private static final Pattern NOW = Pattern.compile("\"now\":\"([^\"]+)\"");

  private volatile Optional<String> poll = Optional.empty();
  private volatile Duration passed = Duration.ZERO;
  private volatile String round = "";
  private volatile String results = results(0, 0, "0.0", "0.0");
  private volatile boolean stale;
  private volatile boolean refusing;
  private volatile boolean away;
  private volatile int voteStatus = 201;
  private volatile String voteDetail = "";
  private volatile String voteReason = "";

  private FakeSystem(Map<String, String> files) throws IOException {
    this.site =
        new Site(
            name ->
                Optional.ofNullable(files.get(name.substring(1)))
                    .map(text -> new Site.StaticFile(text.getBytes(UTF_8), Instant.EPOCH)));
    this.server =
        vertx
            .createHttpServer()
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  static FakeSystem start() throws IOException {
    return start(Map.of());
  }

  /** With these files in the place of the page's own. */
  static FakeSystem start(Map<String, String> others) throws IOException {
    Map<String, String> files = new HashMap<>(Page.FILES);
    files.putAll(others);
    return new FakeSystem(files);
  }

  /** Where the page is, with a slash at the end. */
  String url() {
    return "http://127.0.0.1:" + server.actualPort() + "/";
  }

  @Override
  public void close() {
    server.close();
    vertx
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .completeOnTimeout(null, 10, TimeUnit.SECONDS)
        .join();
  }

  // What was asked of it

  int votes() {
    return votes.get();
  }

  /** How often the results were asked for. */
  int asked() {
    return asked.get();
  }

  /** How often a stream was asked for, those that were refused included. */
  int opened() {
    return opened.get();
  }

  /** Every request of the API in order: its method and its address as it was sent. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Every vote in order. */
  List<Ballot> ballots() {
    return List.copyOf(ballots);
  }

  // What it does

  /**
   * What is voted on from now on, as /api/poll answers it, also sent to every stream. By default
   * there is none, and the answer is 404.
   */
  void poll(String json) {
    poll = Optional.of(json);
    send(announcement(json));
  }

  /** What is voted on from now on, unless a stream says something else: for pages without one. */
  void pollSilently(String json) {
    poll = Optional.of(json);
  }

  /**
   * The service's clock goes on: whoever asks for the poll from now on reads a later {@code now}.
   */
  void advance(Duration time) {
    passed = passed.plus(time);
  }

  /** There is no poll any more. */
  void withoutPoll() {
    poll = Optional.empty();
    round = "";
  }

  /** The body of the results from now on, and the round they are of; also sent to every stream. */
  void results(String ofRound, String json) {
    round = ofRound;
    results = json;
    send("data: " + json + "\n\n");
  }

  private static String announcement(String json) {
    return "event: poll\ndata: " + json + "\n\n";
  }

  /** The results from now on, also sent to every stream. */
  void count(long cats, long dogs, String catsPercentage, String dogsPercentage) {
    results = results(cats, dogs, catsPercentage, dogsPercentage);
    send("data: " + results + "\n\n");
  }

  private static String results(long cats, long dogs, String catsShare, String dogsShare) {
    return "{\"cats\":%d,\"dogs\":%d,\"total\":%d,\"cats_percentage\":%s,\"dogs_percentage\":%s,\"last_updated\":\"%s\"}"
        .formatted(cats, dogs, cats + dogs, catsShare, dogsShare, Instant.now());
  }

  /** Says to every stream that its results are still right as of that instant. */
  void fresh(Instant at) {
    send("event: fresh\ndata: {\"at\":\"%s\"}\n\n".formatted(at));
  }

  private void send(String event) {
    streams.forEach(stream -> stream.write(event));
  }

  /** Whether requests for the results are answered as old ones. */
  void holdUpCounting(boolean yes) {
    stale = yes;
  }

  /** Whether streams are answered 503, as at their cap. */
  void refuseStreams(boolean yes) {
    refusing = yes;
  }

  /** Whether nothing of the API is answered; streams break. */
  void goAway(boolean yes) {
    away = yes;
    if (yes) {
      streams.forEach(stream -> stream.reset());
      streams.clear();
    }
  }

  /** Breaks every stream. */
  void breakStreams() {
    streams.forEach(stream -> stream.reset());
    streams.clear();
  }

  void answerVotes(int status, String detail) {
    answerVotes(status, detail, "");
  }

  /**
   * From now on.
   *
   * @param reason of a 409
   */
  void answerVotes(int status, String detail, String reason) {
    voteStatus = status;
    voteDetail = detail;
    voteReason = reason;
  }

  private void answer(HttpServerRequest request) {
    String path = request.path();
    if (!path.startsWith("/api/")) {
      PageServer.answer(site, request);
      return;
    }
    requests.add(request.method() + " " + request.uri());
    if (away) {
      request.connection().close();
      return;
    }
    switch (path) {
      case "/api/poll" -> poll(request.response());
      case "/api/results/stream" -> stream(request.response());
      case "/api/results" -> results(request.response());
      default -> vote(request);
    }
  }

  private void poll(HttpServerResponse response) {
    poll.ifPresentOrElse(
        json -> response.putHeader("Content-Type", "application/json").end(asOfNow(json)),
        () ->
            response
                .setStatusCode(404)
                .putHeader("Content-Type", "application/problem+json")
                .end("{\"detail\":\"there is nothing here\"}"));
  }

  private String asOfNow(String json) {
    return NOW.matcher(json)
        .replaceFirst(now -> "\"now\":\"" + Instant.parse(now.group(1)).plus(passed) + "\"");
  }

  private void results(HttpServerResponse response) {
    asked.incrementAndGet();
    if (stale) {
      response.putHeader("Warning", "110 - \"Response is Stale\"");
    }
    if (!round.isEmpty()) {
      response.putHeader("Poll-Round", round);
    }
    response.putHeader("Content-Type", "application/json").end(results);
  }

  private void vote(HttpServerRequest request) {
    request.bodyHandler(
        body -> {
          ballots.add(
              new Ballot(
                  body.toString(),
                  header(request, "Idempotency-Key"),
                  header(request, "Poll-Round"),
                  header(request, "Ballot-Token")));
          votes.incrementAndGet();
          request
              .response()
              .setStatusCode(voteStatus)
              .putHeader("Content-Type", "application/problem+json")
              .end("{\"detail\":\"%s\",\"reason\":\"%s\"}".formatted(voteDetail, voteReason));
        });
  }

  private static String header(HttpServerRequest request, String name) {
    return Optional.ofNullable(request.getHeader(name)).orElse("");
  }

  private void stream(HttpServerResponse response) {
    opened.incrementAndGet();
    if (refusing) {
      response.setStatusCode(503).putHeader("Retry-After", "5").end();
      return;
    }
    response.setChunked(true).putHeader("Content-Type", "text/event-stream");
    response.closeHandler(_ -> streams.remove(response));
    response.exceptionHandler(_ -> streams.remove(response));
    streams.add(response); // before the page can know that it is open
    response.write(
        "retry: 5000\n\n"
            + poll.map(FakeSystem::announcement).orElse("")
            + "data: "
            + results
            + "\n\n");
  }
}
