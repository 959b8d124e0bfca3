package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.connections.Connection;
import dev.voting.api.http.Client;
import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.http.Replies;
import dev.voting.runtime.VoteEvent;
import dev.voting.runtime.VoteOption;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** {@code POST /api/vote}: 201 once the vote is in the stream, and never otherwise. */
public final class VoteEndpoint implements Endpoint {
  private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final VoteWriter writer;
  private final Client client;
  private final boolean recordClient;
  private final Clock clock;

  /**
   * @param recordClient whether to record the client's address and User-Agent in the audit log
   */
  public VoteEndpoint(VoteWriter writer, Client client, boolean recordClient, Clock clock) {
    this.writer = writer;
    this.client = client;
    this.recordClient = recordClient;
    this.clock = clock;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response)
      throws InterruptedException, IOException {
    VoteOption option = VoteBody.of(request);
    Connection.current().received();
    Optional<String> requestId = idempotencyKey(request);
    VoteEvent vote =
        recordClient
            ? new VoteEvent(
                option,
                clock.millis(),
                requestId,
                Optional.of(text(client.address(request))),
                userAgent(request))
            : new VoteEvent(option, clock.millis(), requestId, Optional.empty(), Optional.empty());
    switch (writer.write(vote)) {
      case VoteOutcome.Recorded recorded -> {
        response.status(Status.CREATED_201);
        response.header(Replies.JSON);
        response.header(Replies.NO_STORE);
        response.send(answer(option, recorded.streamId()));
      }
      case VoteOutcome.Refused refused ->
          throw HttpProblem.unavailable(
              "the vote was not counted: " + refused.reason() + "; cast it again", RETRY_AFTER);
      case VoteOutcome.Unclear unclear ->
          throw HttpProblem.unavailable(
              "the vote may or may not have been counted: "
                  + unclear.reason()
                  + "; with an Idempotency-Key it can safely be cast again",
              RETRY_AFTER);
    }
  }

  /** As PostgreSQL reads it: without the network interface of a link-local address. */
  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
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

  private static Optional<String> idempotencyKey(ServerRequest request) {
    if (!request.headers().contains(IDEMPOTENCY_KEY)) {
      return Optional.empty();
    }
    String key = request.headers().get(IDEMPOTENCY_KEY).get().strip();
    if (key.isEmpty()
        || key.length() > VoteEvent.MAX_REQUEST_ID
        || !key.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw HttpProblem.malformed(
          "Idempotency-Key: use 1 to "
              + VoteEvent.MAX_REQUEST_ID
              + " printable ASCII characters, best a UUID");
    }
    return Optional.of(key);
  }

  /** Without control characters, and truncated to what the audit log holds. */
  private static Optional<String> userAgent(ServerRequest request) {
    if (!request.headers().contains(HeaderNames.USER_AGENT)) {
      return Optional.empty();
    }
    String agent = request.headers().get(HeaderNames.USER_AGENT).get();
    StringBuilder kept = new StringBuilder(Math.min(agent.length(), VoteEvent.MAX_USER_AGENT));
    for (int i = 0; i < agent.length() && kept.length() < VoteEvent.MAX_USER_AGENT; i++) {
      char c = agent.charAt(i);
      if (!Character.isISOControl(c) && !Character.isSurrogate(c)) {
        kept.append(c);
      }
    }
    return kept.isEmpty() ? Optional.empty() : Optional.of(kept.toString());
  }
}
