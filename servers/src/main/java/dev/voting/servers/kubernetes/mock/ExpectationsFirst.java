package dev.voting.servers.kubernetes.mock;

import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.internal.MockDispatcher;
import io.fabric8.mockwebserver.internal.SimpleRequest;
import java.util.Map;
import java.util.Queue;

/** As fabric8's mixed dispatcher: what a test expects is answered so, all else by the API. */
final class ExpectationsFirst extends Dispatcher {

  private final Map<ServerRequest, Queue<ServerResponse>> expected;
  private final Dispatcher expectations;
  private final Dispatcher api;

  ExpectationsFirst(Map<ServerRequest, Queue<ServerResponse>> expected, Dispatcher api) {
    this.expected = expected;
    this.expectations = new MockDispatcher(expected);
    this.api = api;
  }

  @Override
  public MockResponse dispatch(RecordedRequest request) {
    return isExpected(request.method(), request) || isExpected(HttpMethod.ANY, request)
        ? expectations.dispatch(request)
        : api.dispatch(request);
  }

  private boolean isExpected(HttpMethod method, RecordedRequest request) {
    Queue<ServerResponse> answers = expected.get(new SimpleRequest(method, request.getPath()));
    return answers != null && !answers.isEmpty();
  }

  @Override
  public void shutdown() {
    expectations.shutdown();
    api.shutdown();
  }
}
