package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.connections.Connection;
import dev.voting.api.http.Endpoint;
import dev.voting.api.http.Replies;
import dev.voting.runtime.VoteEvent;
import dev.voting.runtime.VoteOption;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Optional;

/** {@code POST /api/vote}: 201 once the vote is in the stream, and never otherwise. */
public final class VoteEndpoint implements Endpoint {
  private final VoteWriter writer;
  private final VoteRequests votes;

  public VoteEndpoint(VoteWriter writer, VoteRequests votes) {
    this.writer = writer;
    this.votes = votes;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response)
      throws InterruptedException, IOException {
    VoteOption option = VoteBody.of(request);
    Connection.current().received();
    VoteEvent vote = votes.event(request, option.text(), Optional.empty());
    switch (writer.write(vote)) {
      case VoteOutcome.Recorded recorded -> {
        response.status(Status.CREATED_201);
        response.header(Replies.JSON);
        response.header(Replies.NO_STORE);
        response.send(answer(option, recorded.streamId()));
      }
      case VoteOutcome outcome -> throw VoteRequests.problem(outcome);
    }
  }

  /** Stream ids are digits and a dash, so nothing needs to be escaped. */
  private static byte[] answer(VoteOption option, String streamId) {
    return ("{\"message\":\"Vote recorded\",\"option\":\""
            + option.text()
            + "\",\"stream_id\":\""
            + streamId
            + "\"}")
        .getBytes(US_ASCII);
  }
}
