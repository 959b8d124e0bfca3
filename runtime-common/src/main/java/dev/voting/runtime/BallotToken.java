package dev.voting.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What admits one voter: a serial number and its authentication code, {@code 137-ms3ht6p9aehr3005}.
 * It is checked with the key alone, so nothing is stored per voter.
 */
public final class BallotToken {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,6})-([0-9a-z]{16})");

  /** Without letters that are read as digits, as tokens are typed from paper. */
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

  /** Bytes of the code that are kept: 80 bits, which are 16 characters. */
  private static final int BYTES = 10;

  private BallotToken() {}

  /** The token of the voter with this number, which begins with 1. */
  public static String of(byte[] key, int serial) {
    return serial + "-" + code(key, Integer.toString(serial));
  }

  /** The number of the voter whose token it is; absent if it is no token of this key. */
  public static OptionalInt serial(byte[] key, String token) {
    Matcher parts = FORM.matcher(token);
    return parts.matches()
            && MessageDigest.isEqual(
                code(key, parts.group(1)).getBytes(US_ASCII), parts.group(2).getBytes(US_ASCII))
        ? OptionalInt.of(Integer.parseInt(parts.group(1)))
        : OptionalInt.empty();
  }

  private static String code(byte[] key, String serial) {
    byte[] mac = Hmac.sha256(key, "ballot-token\n" + serial);
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < BYTES * 8; bit += 5) {
      int both = (mac[bit / 8] & 0xff) << 8 | mac[bit / 8 + 1] & 0xff;
      text.append(ALPHABET.charAt(both >> 11 - bit % 8 & 31));
    }
    return text.toString();
  }
}
