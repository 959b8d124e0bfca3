package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every state that a person can see, in every look: accessible, nothing cut off, and kept as a
 * picture. The pictures lie in target/screenshots, or where the property {@code screenshots} says.
 */
class PageStatesIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** A page that asks seldom takes its time to see what has changed. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Path PICTURES =
      Path.of(System.getProperty("screenshots", "target/screenshots")).toAbsolutePath();

  private static Browser browser;
  private static Stack stack;

  /** A window and a taste. 320 pixels are also 1280 pixels at a zoom of 400 %. */
  private record Look(String name, int width, int height, String colours, String forced) {
    Look(String name, int width, int height, String colours) {
      this(name, width, height, colours, "none");
    }
  }

  private static final List<Look> LOOKS =
      List.of(
          new Look("light", 1100, 860, "light"),
          new Look("dark", 1100, 860, "dark"),
          new Look("phone-light", 320, 640, "light"),
          new Look("phone-dark", 320, 640, "dark"),
          new Look("forced-colours", 683, 312, "dark", "active"));

  /** A state and the way into it from the one before. */
  private record State(String name, Way way) {}

  private interface Way {
    void go() throws Exception;
  }

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    stack = Stack.start();
    browser.reset();
    browser.open(stack.url());
  }

  @AfterAll
  static void stop() throws IOException {
    if (stack != null) {
      stack.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> states() {
    // In this order, because a stack has no votes only once.
    return Stream.of(
            new State("empty", () -> awaitState("empty")),
            new State("first-vote", PageStatesIT::vote),
            new State("many-votes", PageStatesIT::manyVotes),
            new State("sending", PageStatesIT::sending),
            new State("failed", PageStatesIT::failed),
            new State("waiting-after-reload", PageStatesIT::reloadWithUnsentVote),
            new State("polling", PageStatesIT::polling),
            new State("reconnecting", PageStatesIT::reconnecting),
            new State("unavailable", PageStatesIT::unavailable),
            new State("offline", PageStatesIT::offline),
            new State("too-many-votes", PageStatesIT::tooManyVotes),
            new State("loading", PageStatesIT::loading))
        .flatMap(
            state ->
                Stream.concat(
                    Stream.of(DynamicTest.dynamicTest("→ " + state.name(), () -> state.way().go())),
                    LOOKS.stream()
                        .map(
                            look ->
                                DynamicTest.dynamicTest(
                                    state.name() + ", " + look.name(), () -> check(state, look)))));
  }

  private static void check(State state, Look look) {
    browser.size(look.width(), look.height());
    // Without motion, so that no picture and no contrast depends on the moment.
    browser.prefers(
        Map.of(
            "prefers-color-scheme", look.colours(),
            "prefers-reduced-motion", "reduce",
            "forced-colors", look.forced()));
    browser.screenshot(PICTURES.resolve(state.name() + "-" + look.name() + ".png"));
    assertThat(browser.overflow()).as("pixels to be scrolled sideways").isZero();
    assertThat(browser.runFile("cut-off-texts.js")).asInstanceOf(LIST).isEmpty();
    assertThat(browser.accessibilityViolations()).isEmpty();
    if (look.width() > 1000) {
      browser.textSize(200);
      assertThat(browser.overflow()).as("the same with text at 200 %").isZero();
      browser.textSize(100);
    }
  }

  private static void vote() {
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.text("#vote-status").startsWith("Thank you!"));
    browser.await(SOON).until(() -> browser.votes("cats") == 1);
  }

  private static void manyVotes() throws Exception {
    stack.vote("cats", 6789);
    stack.vote("dogs", 5555);
    browser.await(Duration.ofSeconds(60)).until(() -> browser.votes("dogs") == 5555);
    browser.await(SOON).until(() -> browser.text("#summary .total").equals("12,345 votes in all"));
    assertThat(browser.text("#summary .lead")).isEqualTo("Cats ahead by 1,235");
  }

  private static void sending() {
    browser.slow(Duration.ofSeconds(60));
    browser.vote("dogs");
    assertThat(browser.text("#vote-status")).startsWith("Sending");
  }

  private static void failed() {
    browser.online();
    browser.await(SOON).until(() -> browser.text("#vote-status").startsWith("Thank you!"));
    browser.block("*/api/vote");
    browser.vote("dogs");
    browser.await(SOON).until(() -> browser.text("#failure-title").contains("did not answer"));
  }

  private static void reloadWithUnsentVote() {
    browser.block();
    browser.reload();
    awaitState("counted");
    browser.await(SOON).until(() -> browser.text("#failure-title").equals("A vote is waiting"));
  }

  private static void polling() {
    browser.click("#discard");
    browser.block("*/api/results/stream");
    browser.reload();
    browser.await(SOON).until(() -> browser.connection().equals("Every few seconds"));
    awaitState("counted");
  }

  private static void reconnecting() {
    browser.block("*/api/*");
    browser.await(PATIENCE).until(() -> browser.connection().equals("Reconnecting"));
  }

  private static void unavailable() {
    browser.reload();
    awaitState("error");
  }

  private static void offline() {
    browser.block();
    browser.reload();
    awaitState("counted");
    browser.offline();
    browser.await(SOON).until(() -> browser.connection().equals("Offline"));
    browser.vote("dogs");
    browser.await(SOON).until(() -> browser.text("#failure-title").equals("You are offline"));
  }

  private static void tooManyVotes() throws Exception {
    browser.online();
    browser.click("#discard");
    stack.apply("rate-limited.yaml");
    // The API is rolled, so the limit is there when a vote is refused for the first time.
    browser
        .await(Duration.ofSeconds(60))
        .until(
            () -> {
              browser.voteAfterOthersFromHere("cats");
              return browser.text("#failure-title").equals("Too many votes at once");
            });
    assertThat(browser.text("#retry")).startsWith("Try again");
    browser.await(PATIENCE).until(() -> browser.connection().equals("Live"));
  }

  private static void loading() throws IOException {
    browser.click("#discard");
    stack.freezeApi();
    browser.reload();
    awaitState("loading");
    // It waits for a moment for an answer whether there is a poll.
    browser.await(SOON).until(() -> browser.visible(".choice"));
  }

  private static void awaitState(String state) {
    browser
        .await(Duration.ofSeconds(60))
        .until(() -> state.equals(browser.attribute("#results", "data-state")));
  }
}
