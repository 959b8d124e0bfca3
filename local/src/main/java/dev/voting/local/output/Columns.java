package dev.voting.local.output;

import java.util.List;

/** Rows of text in columns that are as wide as their longest value. */
final class Columns {
  private static final int GAP = 3;

  private Columns() {}

  /**
   * Lines of the rows, each with an indentation.
   *
   * @param rows all with the same number of values
   */
  static List<String> lines(String indentation, List<List<String>> rows) {
    int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> indentation + line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + GAP);
    }
    return line.toString().stripTrailing();
  }
}
