package dev.voting.api.http;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Answers the requests to one path and method. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers one request. Its body, if it has one, is not read yet: see {@link RequestBody}.
   *
   * @throws HttpProblem to answer it
   * @throws Exception anything else is answered with a bare 500 and logged
   */
  void handle(ServerRequest request, ServerResponse response) throws Exception;
}
