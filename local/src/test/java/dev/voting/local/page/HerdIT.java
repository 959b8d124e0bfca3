package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.blueprint.page.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a crowd of open pages asks of the API, second by second, by the page's own feed.js on a
 * simulated clock. The tables are printed, for as many as {@code -Dherd.viewers} says. {@code
 * -Dherd.page=folder} takes feed.js and vote-api.js from there, to be compared; then the service is
 * one that does not say how fresh its results are, and nothing is asserted.
 */
class HerdIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String OTHER = System.getProperty("herd.page");
  private static final int VIEWERS = Integer.getInteger("herd.viewers", 10_000);

  private static Browser browser;
  private static FakeSystem system;

  /** What was asked for in one second. */
  private record Second(long second, long streams, long requests) {
    long all() {
      return streams + requests;
    }
  }

  @BeforeAll
  static void start() throws IOException {
    browser = Browser.start();
    Map<String, String> others = new HashMap<>();
    if (OTHER != null) {
      for (String file : List.of("feed.js", "vote-api.js")) {
        others.put(file, Files.readString(Path.of(OTHER, file)));
      }
    }
    system = FakeSystem.start(others);
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @Test
  void aPodThatRestartsIsNotFollowedByARush() {
    var seconds =
        simulate(
            "one of five pods restarts at 120 s and is back at 130 s",
            Map.of("pods", 5, "restarts", List.of(Map.of("pod", 0, "at", 120, "back", 130))));
    if (OTHER == null) {
      assertThat(sum(seconds, 60, 120, Second::all)).as("while nothing happens").isZero();
      assertThat(sum(seconds, 120, 300, Second::requests)).as("polls").isZero();
      // A fifth of all comes back, spread over 30 s.
      assertThat(peak(seconds, 120)).isLessThan(VIEWERS / 5 / 30 * 3 / 2);
    }
  }

  @Test
  void theOnlyPodThatRestartsIsNotFollowedByARush() {
    var seconds =
        simulate(
            "the only pod restarts at 120 s and is back at 130 s",
            Map.of("pods", 1, "restarts", List.of(Map.of("pod", 0, "at", 120, "back", 130))));
    if (OTHER == null) {
      assertThat(peak(seconds, 120)).isLessThan(VIEWERS / 10);
      assertThat(sum(seconds, 240, 300, Second::all)).as("all are back").isZero();
    }
  }

  @Test
  void postgresThatIsAwayDoesNotMultiplyTheRequests() {
    var seconds =
        simulate(
            "PostgreSQL is away from 120 s to 240 s",
            Map.of("pods", 5, "postgres", List.of(120, 240)));
    if (OTHER == null) {
      assertThat(sum(seconds, 60, 300, Second::all)).isZero();
    }
  }

  @Test
  void streamsBeyondTheCapAskSeldom() {
    var seconds =
        simulate(
            "five pods, each with room for 15 % of them",
            Map.of("pods", 5, "cap", VIEWERS * 3 / 20));
    if (OTHER == null) {
      // A quarter has no stream and asks every ten seconds or so, and for a stream now and then.
      assertThat(peak(seconds, 200)).isLessThan(VIEWERS / 4 / 10 * 2);
    }
  }

  private static List<Second> simulate(String what, Map<String, Object> particular) {
    Map<String, Object> scenario =
        new HashMap<>(
            Map.of(
                "viewers",
                VIEWERS,
                "cap",
                VIEWERS,
                "arrivals",
                55,
                "end",
                300,
                "beat",
                15,
                "speaksFresh",
                OTHER == null));
    scenario.putAll(particular);
    browser.reset();
    browser.open(system.url() + "nothing-but-a-page-of-this-origin");
    Object answer = browser.runLong(LIMIT, "herd.js", feed(), scenario);
    assertThat(answer).as("the seconds").isInstanceOf(List.class);
    List<Second> seconds =
        ((List<?>) answer)
            .stream()
                .map(one -> (Map<?, ?>) one)
                .map(
                    one ->
                        new Second(
                            number(one.get("second")),
                            number(one.get("streams")),
                            number(one.get("requests"))))
                .toList();
    print(what, seconds);
    return seconds;
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }

  private static String feed() {
    String main = Page.FILES.get("index.html");
    return main.replaceAll("(?s).*\"(/assets/[0-9a-f]+/)main.js.*", "$1feed.js");
  }

  private static void print(String what, List<Second> seconds) {
    System.out.printf("%n%,d viewers; %s%n", VIEWERS, what);
    System.out.println(
        "| from second | streams asked for, a second (highest) | results asked for (highest) |");
    System.out.println("|---:|---:|---:|");
    int[] bounds = {60, 90, 120, 121, 122, 125, 130, 135, 140, 150, 160, 180, 210, 240, 270, 300};
    for (int i = 0; i + 1 < bounds.length; i++) {
      int from = bounds[i];
      int to = bounds[i + 1];
      System.out.printf(
          "| %d | %,d (%,d) | %,d (%,d) |%n",
          from,
          sum(seconds, from, to, Second::streams) / (to - from),
          seconds.subList(from, to).stream().mapToLong(Second::streams).max().orElse(0),
          sum(seconds, from, to, Second::requests) / (to - from),
          seconds.subList(from, to).stream().mapToLong(Second::requests).max().orElse(0));
    }
  }

  private static long sum(List<Second> seconds, int from, int to, ToLongFunction<Second> what) {
    return seconds.subList(from, to).stream().mapToLong(what).sum();
  }

  private static long peak(List<Second> seconds, int from) {
    return seconds.subList(from, seconds.size()).stream().mapToLong(Second::all).max().orElse(0);
  }
}
