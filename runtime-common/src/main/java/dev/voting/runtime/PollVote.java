package dev.voting.runtime;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a vote of a poll has beside its option. Whether it counts follows from this and the id of
 * its entry alone, so the API and the database, which may know different definitions at that
 * moment, come to the same answer.
 *
 * @param round the round that it belongs to
 * @param opens it counts from here on, in milliseconds since 1970 by Redis' clock
 * @param closes it counts before this, in milliseconds since 1970 by Redis' clock
 * @param voter pseudonym of the voter within this round, where only one ballot of each counts
 */
public record PollVote(
    String round, OptionalLong opens, OptionalLong closes, Optional<String> voter) {
  private static final Pattern ROUND = Pattern.compile("[a-z0-9-]{1,40}");
  private static final Pattern WINDOW = Pattern.compile("([0-9]{0,15})-([0-9]{0,15})");
  private static final Pattern VOTER = Pattern.compile("[A-Za-z0-9_-]{22}");

  /** Both ends as the entry has them, {@code 1764612000000-}; absent without either. */
  public Optional<String> window() {
    return opens.isEmpty() && closes.isEmpty()
        ? Optional.empty()
        : Optional.of(text(opens) + "-" + text(closes));
  }

  /**
   * Reads the fields of an entry.
   *
   * @param window as from {@link #window()}, or null
   * @param voter or null
   * @return absent if one of them has another form
   */
  public static Optional<PollVote> of(String round, String window, String voter) {
    var ends = WINDOW.matcher(window == null ? "-" : window);
    if (round == null
        || !ROUND.matcher(round).matches()
        || !ends.matches()
        || voter != null && !VOTER.matcher(voter).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new PollVote(
            round, millis(ends.group(1)), millis(ends.group(2)), Optional.ofNullable(voter)));
  }

  /** Whether a vote that Redis gave this id counts. The database applies the same comparison. */
  public boolean holds(String streamId) {
    long millis = Long.parseUnsignedLong(streamId.substring(0, streamId.indexOf('-')));
    return (opens.isEmpty() || Long.compareUnsigned(opens.getAsLong(), millis) <= 0)
        && (closes.isEmpty() || Long.compareUnsigned(millis, closes.getAsLong()) < 0);
  }

  private static String text(OptionalLong millis) {
    return millis.isEmpty() ? "" : Long.toString(millis.getAsLong());
  }

  private static OptionalLong millis(String text) {
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
  }
}
