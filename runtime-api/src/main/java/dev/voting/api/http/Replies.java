package dev.voting.api.http;

import dev.voting.api.connections.Connection;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Sends whole bodies, and to HEAD only their headers. */
public final class Replies {
  public static final Header JSON =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
  public static final Header NO_STORE =
      HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");
  private static final Header PROBLEM =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, HttpProblem.CONTENT_TYPE);

  private Replies() {}

  /** Sends a body with headers already set, or for HEAD only its length. */
  public static void send(ServerRequest request, ServerResponse response, byte[] body) {
    if (request.prologue().method() == Method.HEAD) {
      response.header(
          HeaderValues.create(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length)));
      response.send();
    } else {
      response.send(body);
    }
  }

  static void problem(ServerRequest request, ServerResponse response, HttpProblem problem) {
    response.status(problem.status());
    response.header(PROBLEM);
    response.header(NO_STORE);
    problem.headers().forEach(response::header);
    if (RequestBody.leftToRead(request)) {
      response.header(HeaderValues.CONNECTION_CLOSE);
      Connection.current().discardRest();
    }
    send(request, response, problem.body());
  }
}
