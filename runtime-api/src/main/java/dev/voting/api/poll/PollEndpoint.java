package dev.voting.api.poll;

import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.http.Replies;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;

/** {@code GET /api/poll}: what can be voted for now, and how the poll stands. */
public final class PollEndpoint implements Endpoint {
  private final PollRenderer renderer;

  public PollEndpoint(PollRenderer renderer) {
    this.renderer = renderer;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    byte[] poll = renderer.json().orElseThrow(PollEndpoint::unknown);
    response.header(Replies.JSON);
    response.header(Replies.NO_STORE);
    Replies.send(request, response, poll);
  }

  /** 503: there is a poll, but nobody has said yet which. */
  public static HttpProblem unknown() {
    return HttpProblem.unavailable("the poll is not known yet", Duration.ofSeconds(1));
  }
}
