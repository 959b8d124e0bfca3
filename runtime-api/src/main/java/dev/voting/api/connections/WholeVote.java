package dev.voting.api.connections;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Pattern;

/**
 * Recognizes a vote of which all has come. Of an upload to the same path that has just begun nobody
 * knows how long it will take; so it must not stand in line before those that can be answered.
 */
final class WholeVote {
  private static final String BEGIN = "POST /api/vote";
  private static final String END_OF_HEADERS = "\r\n\r\n";
  private static final Pattern LENGTH =
      Pattern.compile("\r\ncontent-length:[ \t]*([0-9]{1,4})[ \t]*\r\n", Pattern.CASE_INSENSITIVE);

  private WholeVote() {}

  /** Whether these first bytes of a connection are such a request. */
  static boolean isIn(byte[] first) {
    String text = new String(first, ISO_8859_1);
    int headers = text.indexOf(END_OF_HEADERS);
    if (headers < 0 || !text.startsWith(BEGIN)) {
      return false;
    }
    int body = headers + END_OF_HEADERS.length();
    var length = LENGTH.matcher(text).region(0, body);
    return length.find() && Integer.parseInt(length.group(1)) <= text.length() - body;
  }
}
