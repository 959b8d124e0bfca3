package dev.voting.consumer.stream;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A time as producers write it: milliseconds since 1970, whole as the vote API does, or with a
 * fraction; and for those that do not keep to that, what Python's {@code time.time()} and {@code
 * datetime.isoformat()} print.
 */
final class Timestamp {
  /** The last millisecond of the year 9999. */
  private static final double MAX = 253_402_300_799_999d;

  /** No vote is from before March 1973, and none will be from after 5138: this is in seconds. */
  private static final double SECONDS_BELOW = 100_000_000_000d;

  /** As many as {@link #MAX} has. */
  private static final int WHOLE_DIGITS = 15;

  private static final Pattern NUMBER =
      Pattern.compile("\\d{1,20}(?<fraction>\\.\\d{0,20})?(?:[eE]\\+?\\d{1,2})?");

  private Timestamp() {}

  /** In milliseconds since 1970; nothing if the text is no time, or none from 1970 to 9999. */
  static OptionalLong parse(String text) {
    if (isWhole(text)) {
      return OptionalLong.of(Long.parseLong(text));
    }
    var number = NUMBER.matcher(text);
    double millis;
    if (number.matches()) {
      millis = Double.parseDouble(text);
      if (number.group("fraction") != null && millis < SECONDS_BELOW) {
        millis *= 1000;
      }
    } else {
      try {
        millis = iso(text);
      } catch (DateTimeException notATime) {
        return OptionalLong.empty();
      }
    }
    return millis >= 0 && millis <= MAX ? OptionalLong.of((long) millis) : OptionalLong.empty();
  }

  /** What nearly all votes have: only digits, and surely in range. */
  private static boolean isWhole(String text) {
    return !text.isEmpty()
        && text.length() < WHOLE_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Without an offset it is in UTC, as in a container. */
  private static long iso(String text) {
    var time =
        DateTimeFormatter.ISO_DATE_TIME.parseBest(
            text.replaceFirst(" ", "T"), OffsetDateTime::from, LocalDateTime::from);
    return (time instanceof OffsetDateTime there
            ? there
            : LocalDateTime.from(time).atOffset(ZoneOffset.UTC))
        .toInstant()
        .toEpochMilli();
  }
}
