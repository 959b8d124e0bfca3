package dev.voting.runtime;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The percent-encoding of user names, passwords and paths in a URL. */
final class PercentEncoding {
  private PercentEncoding() {}

  /**
   * @param variable named in the error; the text itself is not, as it may be a password
   */
  static String decode(String variable, String text) {
    try {
      // A plus sign is itself outside of a form.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new EnvironmentException(
          variable, "has a '%' that starts no percent-encoded character: write '%' as %25");
    }
  }
}
