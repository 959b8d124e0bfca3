package dev.voting.api.http;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Answers the requests to one path and method. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers one request.
   *
   * @param body the request's whole body, at most 1 MiB; empty when it has none
   * @throws Problem to answer with that problem
   * @throws Exception anything else is answered with a bare 500 and logged
   */
  void handle(ServerRequest request, ServerResponse response, byte[] body) throws Exception;
}
