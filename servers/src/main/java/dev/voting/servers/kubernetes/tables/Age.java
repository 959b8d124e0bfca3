package dev.voting.servers.kubernetes.tables;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** How long ago something was, as kubectl prints it. */
public final class Age {
  private Age() {}

  /**
   * In the one or two greatest units that matter, such as 90s, 5m30s or 3d.
   *
   * @param time of an object's field; may be null or empty
   */
  public static String of(String time, Instant now) {
    if (time == null || time.isEmpty()) {
      return "<unknown>";
    }
    Duration age;
    try {
      age = Duration.between(Instant.parse(time), now);
    } catch (DateTimeParseException e) {
      return "<invalid>";
    }
    if (age.toSeconds() < 120) {
      return Math.max(0, age.toSeconds()) + "s";
    }
    if (age.toMinutes() < 10) {
      return age.toMinutes() + "m" + unlessZero(age.toSecondsPart(), "s");
    }
    if (age.toHours() < 3) {
      return age.toMinutes() + "m";
    }
    if (age.toHours() < 8) {
      return age.toHours() + "h" + unlessZero(age.toMinutesPart(), "m");
    }
    if (age.toHours() < 48) {
      return age.toHours() + "h";
    }
    return age.toDays() + "d" + (age.toDays() < 8 ? unlessZero(age.toHoursPart(), "h") : "");
  }

  private static String unlessZero(int part, String unit) {
    return part == 0 ? "" : part + unit;
  }
}
