package dev.voting.api.http;

import dev.voting.api.connections.Connection;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.time.Duration;

/** Answers requests that are not valid HTTP, and so reach no route, in the same form as all. */
public final class ProtocolErrors implements DirectHandler {
  private ProtocolErrors() {}

  public static DirectHandlers handlers() {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      handlers.addHandler(type, new ProtocolErrors());
    }
    return handlers.build();
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType type,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    HttpProblem problem = problem(type, request, status);
    Connection.current().discardRest();
    TransportResponse.Builder response =
        TransportResponse.builder().status(problem.status()).headers(headers).keepAlive(false);
    SecurityHeaders.ALL.forEach(response::header);
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, HttpProblem.CONTENT_TYPE));
    response.header(Replies.NO_STORE);
    problem.headers().forEach(response::header);
    return response.entity(problem.body()).build();
  }

  /** The server's own message may quote the request, so it is not repeated. */
  private static HttpProblem problem(EventType type, TransportRequest request, Status status) {
    if (type == EventType.INTERNAL_ERROR && request.method().isEmpty()) {
      // The bytes are no request: the client's error, not the server's.
      return problem(Status.BAD_REQUEST_400);
    }
    return problem(status);
  }

  private static HttpProblem problem(Status status) {
    return switch (status.code()) {
      case 413 -> RequestBody.tooLarge();
      case 431 -> HttpProblem.of(status, "the headers are too large");
      case 414 -> HttpProblem.of(status, "the request's first line is too long");
      case 503 -> HttpProblem.unavailable("too many requests at once", Duration.ofSeconds(1));
      case 500 -> HttpProblem.of(status, "internal error; see the log of the service");
      // An unused encoding of the body: the client's error.
      case 501 -> HttpProblem.malformed("only the transfer encoding chunked is supported");
      default -> HttpProblem.of(status, "this is not a valid HTTP request");
    };
  }
}
