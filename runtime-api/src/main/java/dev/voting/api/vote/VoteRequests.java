package dev.voting.api.vote;

import dev.voting.api.http.Client;
import dev.voting.api.http.HttpProblem;
import dev.voting.runtime.PollVote;
import dev.voting.runtime.VoteEvent;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * What a vote has of its request beside its option, and what its client is answered if it fails.
 */
public final class VoteRequests {
  private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Client client;
  private final boolean recordClient;
  private final Clock clock;

  /**
   * @param recordClient whether to record the client's address and User-Agent in the audit log
   */
  public VoteRequests(Client client, boolean recordClient, Clock clock) {
    this.client = client;
    this.recordClient = recordClient;
    this.clock = clock;
  }

  /** The vote that a request casts. */
  VoteEvent event(ServerRequest request, String option, Optional<PollVote> poll) {
    return new VoteEvent(
        option,
        clock.millis(),
        idempotencyKey(request),
        recordClient ? Optional.of(text(client.address(request))) : Optional.empty(),
        recordClient ? userAgent(request) : Optional.empty(),
        Optional.empty(),
        poll);
  }

  /** 503, for a vote that was not recorded and can be cast again. */
  static HttpProblem problem(VoteOutcome outcome) {
    return switch (outcome) {
      case VoteOutcome.Refused refused ->
          HttpProblem.unavailable(
              "the vote was not counted: " + refused.reason() + "; cast it again", RETRY_AFTER);
      case VoteOutcome.Unclear unclear ->
          HttpProblem.unavailable(
              "the vote may or may not have been counted: "
                  + unclear.reason()
                  + "; with an Idempotency-Key it can safely be cast again",
              RETRY_AFTER);
      case VoteOutcome.Recorded _, VoteOutcome.NotTaken _ ->
          throw new IllegalArgumentException("no failure of ours");
    };
  }

  /** As PostgreSQL reads it: without the network interface of a link-local address. */
  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  static Optional<String> idempotencyKey(ServerRequest request) {
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
