package dev.voting.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One vote in the stream. {@link #fields()} is the stream entry; readers ignore unknown fields.
 *
 * @param option key of what was voted for
 * @param timestamp when it was cast, in milliseconds since 1970
 * @param requestId the client's Idempotency-Key: of all votes within 24 hours with the same one,
 *     only the first counts
 * @param sourceIp the client's IPv4 or IPv6 address
 * @param userAgent the client's User-Agent
 * @param nonce random and unique: it distinguishes the vote from another one with the same id,
 *     which Redis can assign after it lost data
 * @param poll what a vote of a poll has beside; absent for cats and dogs
 */
public record VoteEvent(
    String option,
    long timestamp,
    Optional<String> requestId,
    Optional<String> sourceIp,
    Optional<String> userAgent,
    Optional<String> nonce,
    Optional<PollVote> poll) {

  /** A vote for cats or dogs. */
  public VoteEvent(
      VoteOption option,
      long timestamp,
      Optional<String> requestId,
      Optional<String> sourceIp,
      Optional<String> userAgent,
      Optional<String> nonce) {
    this(option.text(), timestamp, requestId, sourceIp, userAgent, nonce, Optional.empty());
  }

  /** A vote for cats or dogs without a nonce. */
  public VoteEvent(
      VoteOption option,
      long timestamp,
      Optional<String> requestId,
      Optional<String> sourceIp,
      Optional<String> userAgent) {
    this(option, timestamp, requestId, sourceIp, userAgent, Optional.empty());
  }

  /** Names of the fields of a stream entry. */
  public static final String OPTION = "option";

  /** In place of {@link #OPTION} where there is a poll, so that no version counts it without. */
  public static final String CHOICE = "choice";

  public static final String ROUND = "round";
  public static final String WINDOW = "window";
  public static final String VOTER = "voter";
  public static final String TIMESTAMP = "timestamp";
  public static final String REQUEST_ID = "request_id";
  public static final String SOURCE_IP = "source_ip";
  public static final String USER_AGENT = "user_agent";
  public static final String NONCE = "nonce";

  /** Longest request id that is accepted, in UTF-16 units. */
  public static final int MAX_REQUEST_ID = 255;

  /** Longest user agent that is kept, in UTF-16 units; what is longer gets cut. */
  public static final int MAX_USER_AGENT = 1024;

  /** Longest nonce that is kept, in UTF-16 units; what is longer gets cut. */
  public static final int MAX_NONCE = 64;

  /** The stream entry's fields, in a fixed order. */
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(poll.isPresent() ? CHOICE : OPTION, option);
    poll.ifPresent(
        vote -> {
          fields.put(ROUND, vote.round());
          vote.window().ifPresent(window -> fields.put(WINDOW, window));
          vote.voter().ifPresent(voter -> fields.put(VOTER, voter));
        });
    fields.put(TIMESTAMP, Long.toString(timestamp));
    requestId.ifPresent(id -> fields.put(REQUEST_ID, id));
    sourceIp.ifPresent(ip -> fields.put(SOURCE_IP, ip));
    userAgent.ifPresent(agent -> fields.put(USER_AGENT, agent));
    nonce.ifPresent(random -> fields.put(NONCE, random));
    return fields;
  }
}
