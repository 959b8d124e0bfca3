package dev.voting.local.page;

import com.google.zxing.ChecksumException;
import com.google.zxing.FormatException;
import com.google.zxing.qrcode.decoder.Decoder;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads the QR codes that the page's qr.js draws. */
final class QrCode {
  private static final Pattern SQUARE = Pattern.compile("M(\\d+) (\\d+)h1v1h-1z");

  private QrCode() {}

  /**
   * The text of a drawing.
   *
   * @param path its dark modules, each as a square
   * @param margin how far the code is from both edges
   */
  static String read(String path, int margin) throws ChecksumException, FormatException {
    List<MatchResult> squares = SQUARE.matcher(path).results().toList();
    // The upper right corner is dark.
    int size =
        squares.stream().mapToInt(square -> Integer.parseInt(square.group(1))).max().orElseThrow()
            - margin
            + 1;
    boolean[][] dark = new boolean[size][size];
    for (MatchResult square : squares) {
      dark[Integer.parseInt(square.group(2)) - margin][Integer.parseInt(square.group(1)) - margin] =
          true;
    }
    return new Decoder().decode(dark).getText();
  }
}
