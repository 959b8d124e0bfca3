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

/** Answers what never reaches a route, because it is not proper HTTP, in the same form as all. */
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
    Problem problem = problem(type, request, status);
    Connection.current().discardRest();
    TransportResponse.Builder response =
        TransportResponse.builder().status(problem.status()).headers(headers).keepAlive(false);
    SecurityHeaders.ALL.forEach(response::header);
    response.header(HeaderValues.create(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE));
    response.header(Replies.NO_STORE);
    problem.headers().forEach(response::header);
    return response.entity(problem.body()).build();
  }

  /** The server's own message may quote the request, so it is not repeated. */
  private static Problem problem(EventType type, TransportRequest request, Status status) {
    if (type == EventType.INTERNAL_ERROR && request.method().isEmpty()) {
      // It stumbled over bytes from which it could make no request; that is not its own failure.
      return problem(Status.BAD_REQUEST_400);
    }
    return problem(status);
  }

  private static Problem problem(Status status) {
    return switch (status.code()) {
      case 413 -> RequestBody.tooLarge();
      case 431 -> Problem.of(status, "the headers are too large");
      case 414 -> Problem.of(status, "the request's first line is too long");
      case 503 -> Problem.unavailable("too many requests at once", Duration.ofSeconds(1));
      case 500 -> Problem.of(status, "the service failed; it was logged");
      // An encoding of the body that nobody uses: the client's fault, not ours.
      case 501 -> Problem.malformed("only the transfer encoding chunked is understood");
      default -> Problem.of(status, "this is not a proper HTTP request");
    };
  }
}
