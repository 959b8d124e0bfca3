package dev.voting.operator.status.text;

/** A part of a text that is too long to be reported whole, cut between words. */
public final class Excerpt {

  private static final String CUT = "…";

  /** A word longer than this, as of a text without spaces, is cut all the same. */
  private static final int LONGEST_WORD = 80;

  private Excerpt() {}

  /**
   * The beginning of a text.
   *
   * @param length that it has at most
   */
  public static String first(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    var end = length - CUT.length();
    for (int at = end; at > end - LONGEST_WORD && at > 0; at--) {
      if (Character.isWhitespace(text.charAt(at))) {
        return text.substring(0, at).stripTrailing() + CUT;
      }
    }
    return text.substring(0, Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end) + CUT;
  }

  /**
   * The end of a text.
   *
   * @param length that it has at most
   */
  public static String last(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    var begin = text.length() - length + CUT.length();
    for (int at = begin; at < begin + LONGEST_WORD && at < text.length(); at++) {
      if (Character.isWhitespace(text.charAt(at - 1))) {
        return CUT + text.substring(at).stripLeading();
      }
    }
    return CUT + text.substring(Character.isLowSurrogate(text.charAt(begin)) ? begin + 1 : begin);
  }
}
