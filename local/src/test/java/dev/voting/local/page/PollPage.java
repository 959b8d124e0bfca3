package dev.voting.local.page;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A poll as /api/poll describes it, at six in the evening by the service's clock. */
record PollPage(
    String round, String title, String times, String more, List<String> options, boolean isFinal) {
  static final Duration SOON = Duration.ofSeconds(60);
  private static final String NOW = "2026-12-01T18:00:00.000Z";

  static PollPage lunch() {
    return new PollPage(
        "1",
        "Lunch?",
        "",
        "",
        List.of(
            option("pizza", "Pizza", "🍕"),
            option("salad", "Salad", ""),
            option("soup", "Soup", "")),
        false);
  }

  /** With as many options, the longest labels among them. */
  static PollPage of(int count) {
    List<String> options =
        IntStream.rangeClosed(1, count)
            .mapToObj(i -> option("option-" + i, label(i), i % 2 == 0 ? "🍕" : ""))
            .toList();
    return lunch().with(options);
  }

  private static String label(int i) {
    return i % 5 == 0
        ? "Number " + i + " " + "Donaudampfschifffahrtsgesellschaftskapitänsmütze".substring(0, 45)
        : "Number " + i;
  }

  static String option(String key, String label, String emoji) {
    return "{\"key\":\"%s\",\"label\":\"%s\"%s,\"retired\":false}"
        .formatted(key, label, emoji.isEmpty() ? "" : ",\"emoji\":\"" + emoji + "\"");
  }

  static String retired(String key, String label) {
    return option(key, label, "").replace("false", "true");
  }

  PollPage with(List<String> others) {
    return new PollPage(round, title, times, more, others, isFinal);
  }

  PollPage with(String field, String value) {
    return new PollPage(
        round, title, times, more + "\"%s\":%s,".formatted(field, value), options, isFinal);
  }

  PollPage inRound(String other) {
    return new PollPage(other, title, times, more, options, isFinal);
  }

  PollPage titled(String other) {
    return new PollPage(round, other, times, more, options, isFinal);
  }

  /** Opens and closes at these times of the day; absent ones are "". */
  PollPage open(String from, String to) {
    String opens = from.isEmpty() ? "" : "\"opensAt\":\"2026-12-01T%sZ\",".formatted(from);
    String closes = to.isEmpty() ? "" : "\"closesAt\":\"2026-12-01T%sZ\",".formatted(to);
    return new PollPage(round, title, opens + closes, more, options, isFinal);
  }

  PollPage ballots(String per, boolean changeable) {
    return with("ballots", "{\"per\":\"%s\",\"changeable\":%s}".formatted(per, changeable));
  }

  PollPage itIsFinal() {
    return new PollPage(round, title, times, more, options, true);
  }

  String json() {
    return "{\"round\":\"%s\",\"revision\":1,\"state\":\"%s\",\"now\":\"%s\",%s%s\"title\":\"%s\",\"options\":[%s],\"final\":%s}"
        .formatted(
            round,
            isFinal ? "Final" : "Open",
            NOW,
            times,
            more,
            title,
            String.join(",", options),
            isFinal);
  }

  /** Results: key and votes in turns. */
  static String results(Object... keysAndVotes) {
    List<String> counts = new ArrayList<>();
    List<String> shares = new ArrayList<>();
    long total = 0;
    for (int i = 1; i < keysAndVotes.length; i += 2) {
      total += (int) keysAndVotes[i];
    }
    for (int i = 0; i < keysAndVotes.length; i += 2) {
      int votes = (int) keysAndVotes[i + 1];
      counts.add("\"%s\":%d".formatted(keysAndVotes[i], votes));
      shares.add(
          "\"%s_percentage\":%s"
              .formatted(keysAndVotes[i], total == 0 ? "0.0" : 100 * votes / total + ".0"));
    }
    return "{%s,\"total\":%d,%s,\"last_updated\":\"%s\"}"
        .formatted(
            String.join(",", counts), total, String.join(",", shares), "2026-12-01T18:00:00Z");
  }

  /** Hidden ones. */
  static String hidden(int total) {
    return "{\"total\":%d,\"last_updated\":\"2026-12-01T18:00:00Z\"}".formatted(total);
  }

  /** Results of {@link #of}: as many votes as the option's number. */
  static String resultsOf(int count) {
    return results(
        IntStream.rangeClosed(1, count)
            .boxed()
            .flatMap(i -> Stream.of((Object) ("option-" + i), i))
            .toArray());
  }
}
