package dev.voting.local.machine;

import java.util.Locale;

/** Shortens messages of programs for a line of a terminal. */
public final class Brief {
  private Brief() {}

  /**
   * The line of a text with the error, or else its last one, cut after a whole word.
   *
   * @param longest in characters
   */
  public static String of(String text, int longest) {
    String line =
        text.lines()
            .map(String::strip)
            .filter(one -> one.toLowerCase(Locale.ROOT).matches(".*\\b(error|fatal|panic)\\b.*"))
            .findFirst()
            .orElseGet(
                () ->
                    text.lines().filter(one -> !one.isBlank()).reduce((_, last) -> last).orElse(""))
            .strip();
    if (line.length() <= longest) {
      return line;
    }
    int end = line.lastIndexOf(' ', longest - 1);
    return line.substring(0, end > 0 ? end : longest - 1) + " …";
  }
}
