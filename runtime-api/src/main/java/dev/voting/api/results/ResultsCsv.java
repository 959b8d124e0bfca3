package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Results as RFC 4180 has it, for spreadsheets. */
final class ResultsCsv {
  /** A spreadsheet takes what begins with one of these for a formula. */
  private static final String FORMULA = "=+-@";

  private ResultsCsv() {}

  static byte[] of(Results results) {
    StringBuilder csv = new StringBuilder("key,label,votes,percentage\r\n");
    if (!results.hidden()) {
      long[] shares = results.shares();
      for (int i = 0; i < shares.length; i++) {
        Results.Tally tally = results.tallies().get(i);
        csv.append(tally.key())
            .append(',')
            .append(text(tally.label()))
            .append(',')
            .append(tally.count())
            .append(',')
            .append(shares[i] / 100)
            .append('.')
            .append(shares[i] % 100 < 10 ? "0" : "")
            .append(shares[i] % 100)
            .append("\r\n");
      }
    }
    return csv.append("total,,").append(results.total()).append(",\r\n").toString().getBytes(UTF_8);
  }

  private static String text(String label) {
    String safe = !label.isEmpty() && FORMULA.indexOf(label.charAt(0)) >= 0 ? "'" + label : label;
    return safe.contains(",") || safe.contains("\"") || safe.contains("\n") || safe.contains("\r")
        ? "\"" + safe.replace("\"", "\"\"") + "\""
        : safe;
  }
}
