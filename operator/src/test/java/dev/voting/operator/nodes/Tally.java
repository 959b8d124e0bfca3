package dev.voting.operator.nodes;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of the votes of one case. */
final class Tally {

  private final Map<String, Integer> refused = new TreeMap<>();
  private final Map<String, Integer> unknown = new TreeMap<>();
  private long taken;
  private long unsent;
  private long lastTaken = System.nanoTime();
  private long longestGap;

  synchronized void add(Answer answer) {
    switch (answer) {
      case Answer.Taken _ -> {
        taken++;
        endGap();
        lastTaken = System.nanoTime();
      }
      case Answer.Refused(var how) -> refused.merge(how, 1, Integer::sum);
      case Answer.Unsent() -> unsent++;
      case Answer.Unknown(var how) -> unknown.merge(how, 1, Integer::sum);
    }
  }

  /** The time since the last vote was taken is a gap, too. */
  synchronized void endGap() {
    longestGap = Math.max(longestGap, System.nanoTime() - lastTaken);
  }

  synchronized long taken() {
    return taken;
  }

  synchronized long unknown() {
    return sum(unknown);
  }

  synchronized long notTaken() {
    return sum(refused) + sum(unknown);
  }

  /** The longest time in which no vote was answered 201. */
  synchronized Duration longestGap() {
    return Duration.ofNanos(longestGap);
  }

  synchronized String refusals() {
    return text(refused);
  }

  synchronized String unknowns() {
    return text(unknown) + (unsent == 0 ? "" : "; " + unsent + " × not sent");
  }

  private static long sum(Map<String, Integer> answers) {
    return answers.values().stream().mapToLong(Integer::longValue).sum();
  }

  private static String text(Map<String, Integer> answers) {
    return answers.isEmpty()
        ? "0"
        : answers.entrySet().stream()
            .map(e -> e.getValue() + " × " + e.getKey())
            .collect(Collectors.joining(", "));
  }
}
