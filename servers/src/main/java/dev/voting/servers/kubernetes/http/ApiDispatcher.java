package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.api.Api;
import dev.voting.servers.kubernetes.api.GrowingLog;
import dev.voting.servers.kubernetes.api.Reply;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Request;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API as a dispatcher of fabric8's mock server. Whole answers and watches by WebSocket need
 * nothing that fabric8's own server does not have; what streams over HTTP is a {@link
 * StreamedResponse}.
 */
public final class ApiDispatcher extends Dispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(ApiDispatcher.class);

  /** How often a log that is followed is looked at. */
  private static final Duration FOLLOW = Duration.ofMillis(200);

  private final Api api;
  private final Store store;
  private final CopyOnWriteArrayList<RequestLog> logs = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<Fault> faults = new CopyOnWriteArrayList<>();

  public ApiDispatcher(Api api, Store store) {
    this.api = api;
    this.store = store;
  }

  /** Records the requests from now on. */
  public RequestLog record() {
    return new RequestLog(logs);
  }

  /** Has requests fail from now on. */
  public void add(Fault fault) {
    faults.add(fault);
  }

  /** Has no more requests fail. */
  public void clearFaults() {
    faults.clear();
  }

  @Override
  public MockResponse dispatch(io.fabric8.mockwebserver.http.RecordedRequest http) {
    try {
      if (http.method() == null) {
        // One that fabric8 has no name for, such as HEAD.
        throw ApiException.methodNotAllowed();
      }
      Request request = request(http);
      RecordedRequest recorded = RecordedRequest.of(request);
      logs.forEach(log -> log.add(recorded));
      for (Fault fault : faults) {
        if (fault.takes(recorded)) {
          return fault.response();
        }
      }
      return response(request, api.answer(request));
    } catch (ApiException e) {
      return whole(Reply.json(e.code(), e.status()));
    } catch (RuntimeException e) {
      LOG.error("{} failed", http.getRequestLine(), e);
      ApiException error = ApiException.of(500, "InternalError", "Internal error occurred: " + e);
      return whole(Reply.json(error.code(), error.status()));
    }
  }

  private static Request request(io.fabric8.mockwebserver.http.RecordedRequest http) {
    String[] uri = http.getPath().split("\\?", 2);
    Map<String, String> headers = new HashMap<>();
    http.getHeaders()
        .toMultimap()
        .forEach((name, values) -> headers.put(name, String.join(",", values)));
    Map<String, String> query = new HashMap<>();
    new QueryStringDecoder(http.getPath())
        .parameters()
        .forEach((name, values) -> query.put(name, values.getFirst()));
    return new Request(
        http.getMethod(),
        URI.create(uri[0]).getPath(),
        uri.length > 1 ? uri[1] : "",
        query,
        headers,
        http.getBody().getBytes());
  }

  private MockResponse response(Request request, Reply reply) {
    return switch (reply) {
      case Reply.Whole whole -> whole(whole);
      case Reply.Watch watch when request.header("upgrade").equalsIgnoreCase("websocket") ->
          new MockResponse()
              .setResponseCode(101)
              .withWebSocketUpgrade(new WatchSocket(store, watch));
      case Reply.Watch watch -> new StreamedResponse(output -> watch(output, watch));
      case Reply.Growing growing -> new StreamedResponse(output -> follow(output, growing.log()));
    };
  }

  /** A whole answer of the API, as fabric8's server sends it. */
  static MockResponse whole(Reply.Whole whole) {
    MockResponse response =
        new MockResponse()
            .setResponseCode(whole.code())
            .setHeader("Content-Type", whole.contentType())
            .setBody(whole.body());
    for (String warning : whole.warnings()) {
      response.addHeader("Warning", "299 - \"" + warning.replace("\"", "\\\"") + "\"");
    }
    return response;
  }

  private void watch(Output output, Reply.Watch watch) {
    output.begin("application/json");
    output.onClose(Watching.start(store, watch, event -> output.write(event + "\n"), output::end));
  }

  /** Holds the thread of the request until the log ends or nobody listens any more. */
  private static void follow(Output output, GrowingLog log) {
    output.begin("text/plain");
    try {
      while (!output.isClosed()) {
        Optional<String> next = log.next();
        if (next.isEmpty()) {
          output.end();
          return;
        }
        next.filter(text -> !text.isEmpty()).ifPresent(output::write);
        Thread.sleep(FOLLOW);
      }
    } catch (InterruptedException e) {
      // The server is closing.
      Thread.currentThread().interrupt();
    }
  }
}
