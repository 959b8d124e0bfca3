package dev.voting.operator.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of what the cases cost those who voted. */
final class Report {

  private static final Path FILE = Path.of("target", "node-suite.md");

  private final List<String> rows =
      new ArrayList<>(
          List.of(
              "| case | 201 | refused | unknown | counted | longest gap | whole again after | |",
              "|---|---|---|---|---|---|---|---|"));

  /**
   * Adds a row, and writes the table so far.
   *
   * @param counted null when it is not known
   * @param whole null when it never was
   */
  void add(String name, Tally tally, Long counted, Duration whole, String verdict) {
    add(
        "| %s | %d | %s | %s | %s | %s | %s | %s |"
            .formatted(
                name,
                tally.taken(),
                tally.refusals(),
                tally.unknowns(),
                counted == null ? "?" : counted,
                seconds(tally.longestGap()),
                whole == null ? "never" : seconds(whole),
                verdict));
  }

  /** A case in which nobody votes. */
  void add(String name, Duration whole, String verdict) {
    add("| %s | | | | | | %s | %s |".formatted(name, seconds(whole), verdict));
  }

  private void add(String row) {
    rows.add(row);
    IO.println(row);
    try {
      Files.createDirectories(FILE.getParent());
      Files.write(FILE, rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void print() {
    IO.println(String.join("\n", rows));
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
