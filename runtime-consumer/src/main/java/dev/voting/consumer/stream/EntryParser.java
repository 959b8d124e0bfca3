package dev.voting.consumer.stream;

import dev.voting.runtime.VoteEvent;
import dev.voting.runtime.VoteOption;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Reads a vote out of a stream entry, from whichever producer. Only what matters for counting can
 * make an entry uncountable; of the rest, what cannot be kept is dropped.
 */
final class EntryParser {
  /** The most bytes of names and values together: more than any vote has, few enough for memory. */
  static final int MAX_BYTES = 64 * 1024;

  private EntryParser() {}

  static VoteEvent parse(StreamEntry entry) throws UncountableException {
    if (entry.bytes() > MAX_BYTES) {
      throw new UncountableException("larger than " + MAX_BYTES + " bytes");
    }
    String option = null;
    PollFields poll = new PollFields();
    String timestamp = null;
    String requestId = null;
    String sourceIp = null;
    String userAgent = null;
    String nonce = null;
    List<byte[]> fields = entry.fields();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String value = text(fields.get(i + 1));
      switch (text(fields.get(i))) {
        case VoteEvent.OPTION -> option = once(VoteEvent.OPTION, option, value);
        case VoteEvent.CHOICE, VoteEvent.ROUND, VoteEvent.WINDOW, VoteEvent.VOTER ->
            poll.add(text(fields.get(i)), value);
        case VoteEvent.TIMESTAMP -> timestamp = once(VoteEvent.TIMESTAMP, timestamp, value);
        case VoteEvent.REQUEST_ID -> requestId = once(VoteEvent.REQUEST_ID, requestId, value);
        case VoteEvent.SOURCE_IP -> sourceIp = value;
        case VoteEvent.USER_AGENT -> userAgent = value;
        case VoteEvent.NONCE -> nonce = value;
        default -> {
          // Another version's field.
        }
      }
    }
    if (option != null && poll.isPresent()) {
      throw new UncountableException("option and choice are both given");
    }
    return new VoteEvent(
        poll.isPresent() ? poll.choice() : option(option),
        timestamp(timestamp, entry.id()),
        requestId(requestId),
        address(sourceIp),
        cut(userAgent, VoteEvent.MAX_USER_AGENT),
        cut(nonce, VoteEvent.MAX_NONCE),
        poll.isPresent() ? Optional.of(poll.vote()) : Optional.empty());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String once(String field, String before, String now) throws UncountableException {
    if (before != null && !before.equals(now)) {
      throw new UncountableException(field + " is given twice");
    }
    return now;
  }

  private static String option(String text) throws UncountableException {
    if (text == null) {
      throw new UncountableException("no option");
    }
    return VoteOption.of(text)
        .map(VoteOption::text)
        .orElseThrow(() -> new UncountableException("option is neither cats nor dogs"));
  }

  /** Without one, the time when Redis took the entry. */
  private static long timestamp(String text, String id) throws UncountableException {
    return Timestamp.parse(text == null ? id.substring(0, id.indexOf('-')) : text)
        .orElseThrow(() -> new UncountableException("timestamp is not in milliseconds since 1970"));
  }

  /**
   * Truncation could make two requests look like one, so a long one makes the entry a dead letter.
   */
  private static Optional<String> requestId(String text) throws UncountableException {
    if (text != null && text.length() > VoteEvent.MAX_REQUEST_ID) {
      throw new UncountableException(
          "request_id is longer than " + VoteEvent.MAX_REQUEST_ID + " characters");
    }
    return storable(text);
  }

  private static Optional<String> address(String text) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    // A scope, as in fe80::1%eth0, means something on the producer's machine only.
    int scope = text.indexOf('%');
    try {
      return Optional.of(
          InetAddress.ofLiteral(scope < 0 ? text : text.substring(0, scope)).getHostAddress());
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  private static Optional<String> cut(String text, int most) {
    return storable(text != null && text.length() > most ? text.substring(0, most) : text);
  }

  /** PostgreSQL's text holds no NUL, and UTF-8 no half of a surrogate pair. */
  private static Optional<String> storable(String text) {
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    String whole =
        Character.isHighSurrogate(text.charAt(text.length() - 1))
            ? text.substring(0, text.length() - 1)
            : text;
    return Optional.of(whole.replace('\0', '\uFFFD'));
  }
}
