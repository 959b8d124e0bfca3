package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The page in a real browser, before the real system. */
class PageIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  /**
   * Long enough for a killed process to be started again on a slow machine, and for the page to
   * come back in its turn.
   */
  private static final Duration RECOVERY = Duration.ofSeconds(180);

  private static Browser browser;
  private static Stack stack;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    stack = Stack.start();
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

  @BeforeEach
  void open() {
    browser.reset();
    browser.open(stack.url());
    awaitLive(browser);
  }

  @Test
  void aClickMovesTheBarInTwoOpenPages() throws IOException {
    stack.voteAndAwaitCount("dogs");
    stack.voteAndAwaitCount("cats");
    try (var other = Browser.start()) {
      other.reset();
      other.open(stack.url());
      awaitLive(other);
      awaitVotes(other, "cats", stack.counted("cats"));
      awaitVotes(browser, "cats", stack.counted("cats"));
      long before = browser.votes("cats");
      double width = browser.barWidth("cats");
      double widthOfOther = other.barWidth("cats");

      browser.vote("cats");

      browser.await(SOON).until(() -> browser.votes("cats") == before + 1);
      other.await(SOON).until(() -> other.votes("cats") == before + 1);
      browser.await(SOON).until(() -> browser.barWidth("cats") > width);
      other.await(SOON).until(() -> other.barWidth("cats") > widthOfOther);
    }
    assertThat(browser.text("#vote-status")).isEqualTo("Thank you! Your vote for Cats is in.");
    assertThat(browser.consoleProblems()).isEmpty();
  }

  @Test
  void theResultsSayHowMuchHowManyAndSinceWhen() throws IOException {
    long dogs = stack.voteAndAwaitCount("dogs");
    long cats = stack.counted("cats");
    awaitVotes(browser, "dogs", dogs);
    browser.await(SOON).until(() -> browser.votes("cats") == cats);

    assertThat(browser.text("#summary .total")).startsWith(Long.toString(cats + dogs));
    String shown = browser.text(".standings [data-option=dogs] .percentage").replace("%", "");
    assertThat(Double.parseDouble(shown)).isCloseTo(100.0 * dogs / (cats + dogs), within(0.01));
    assertThat(stack.get("api/results").body()).contains("\"dogs_percentage\":" + shown);
    assertThat(browser.text("#summary time")).isEqualTo("updated just now");
  }

  @Test
  void aScreenReaderHearsTheResults() throws IOException {
    browser
        .await(Duration.ofSeconds(15))
        .until(() -> browser.visible("#announcement") && spoken().contains("Cats"));
    assertThat(browser.attribute("#announcement", "aria-live")).isEqualTo("polite");
  }

  private static String spoken() {
    return (String) browser.run("return document.getElementById('announcement').textContent");
  }

  @Test
  void theChoicesAreLockedWhileAVoteIsInFlight() throws IOException {
    long before = stack.counted("cats") + stack.counted("dogs");
    browser.slow(Duration.ofSeconds(5));

    browser.vote("cats");
    assertThat(browser.text("#vote-status")).isEqualTo("Sending your vote for Cats…");
    assertThat(browser.attribute(".choice[data-option=cats]", "aria-disabled")).isEqualTo("true");
    assertThat(browser.attribute(".choice[data-option=dogs]", "aria-disabled")).isEqualTo("true");
    browser.click(".choice[data-option=cats]");
    browser.click(".choice[data-option=dogs]");

    browser.await(SOON).until(() -> browser.text("#vote-status").startsWith("Thank you!"));
    assertThat(browser.idempotencyKeys()).hasSize(1);
    browser.await(SOON).until(() -> stack.counted("cats") + stack.counted("dogs") == before + 1);
    browser
        .await(SOON)
        .until(
            () -> "false".equals(browser.attribute(".choice[data-option=dogs]", "aria-disabled")));
  }

  @Test
  void whenTheApiIsKilledTheVoteStaysInViewAndCountsOnceAfterwards() throws IOException {
    long before = stack.counted("dogs");
    browser.idempotencyKeys();

    stack.killApi();
    browser.await(SOON).until(() -> browser.connection().equals("Reconnecting"));
    browser.vote("dogs");
    browser.await(SOON).until(() -> browser.visible("#failure"));

    assertThat(browser.text("#failure-title")).contains("voting service");
    assertThat(browser.text("#failure-text")).contains("Your vote for Dogs", "It is kept here");
    assertThat(browser.attribute("#results", "data-stale")).isEqualTo("true");

    awaitLive(browser);
    assertThat(browser.text("#failure-title")).isEqualTo("The voting service is back");
    browser.await(SOON).until(() -> "false".equals(browser.attribute("#retry", "aria-disabled")));
    browser.click("#retry");
    browser.await(SOON).until(() -> browser.text("#vote-status").startsWith("Thank you!"));
    awaitVotes(browser, "dogs", before + 1);
    assertThat(browser.visible("#failure")).isFalse();
    List<String> keys = browser.idempotencyKeys();
    assertThat(keys).hasSizeGreaterThan(1);
    assertThat(keys.stream().distinct()).as("the key of every attempt").hasSize(1);
  }

  @Test
  void anUnsentVoteOutlivesAReload() {
    browser.block("*/api/vote");
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    List<String> first = browser.idempotencyKeys();
    browser.block();

    browser.reload();
    browser.await(SOON).until(() -> browser.text("#failure-title").equals("A vote is waiting"));
    browser.click("#retry");
    browser.await(SOON).until(() -> browser.text("#vote-status").startsWith("Thank you!"));

    assertThat(browser.idempotencyKeys()).isEqualTo(first);
  }

  @Test
  void aDiscardedVoteIsGone() {
    browser.block("*/api/vote");
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    browser.click("#discard");
    browser.block();

    assertThat(browser.visible("#failure")).isFalse();
    assertThat(browser.focused(".choice")).as("the focus stays on the page's buttons").isTrue();
    browser.reload();
    awaitLive(browser);
    assertThat(browser.visible("#failure")).isFalse();
  }

  @Test
  void aVoteWhoseAnswerIsLostCountsOnceWhenItIsTriedAgain() throws IOException {
    long before = stack.counted("cats");
    browser.idempotencyKeys();
    browser.slow(Duration.ofMinutes(1));
    browser.vote("cats");
    browser.await(SOON).until(() -> stack.counted("cats") == before + 1);
    browser.await(Duration.ofSeconds(15)).until(() -> browser.visible("#failure"));
    assertThat(browser.text("#failure-title")).contains("did not answer");
    assertThat(browser.text("#failure-text")).contains("may or may not be counted");

    browser.online();
    awaitLive(browser);
    browser.click("#retry");
    browser.await(SOON).until(() -> browser.text("#vote-status").startsWith("Thank you!"));
    List<String> keys = browser.idempotencyKeys();
    assertThat(keys).hasSize(2);
    assertThat(keys.stream().distinct()).as("the key of every attempt").hasSize(1);
    // Another vote that is counted shows that the one before it has passed without counting.
    stack.voteAndAwaitCount("dogs");
    assertThat(stack.counted("cats")).isEqualTo(before + 1);
  }

  @Test
  void offlineIsSaidAndTheWayBackIsShort() throws IOException {
    browser.offline();
    browser.await(SOON).until(() -> browser.connection().equals("Offline"));
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.text("#failure-title").equals("You are offline"));
    long dogs = stack.voteAndAwaitCount("dogs");

    browser.online();
    browser.await(SOON).until(() -> browser.connection().equals("Live"));
    assertThat(browser.text("#failure-title")).isEqualTo("You are connected again");
    awaitVotes(browser, "dogs", dogs);
    browser.click("#retry");
    browser.await(SOON).until(() -> browser.text("#vote-status").startsWith("Thank you!"));
  }

  @Test
  void withoutTheStreamThePagePollsUntilTheStreamIsBack() throws IOException {
    browser.block("*/api/results/stream");
    browser.reload();
    browser.await(SOON).until(() -> browser.connection().equals("Every few seconds"));
    long cats = stack.voteAndAwaitCount("cats");
    browser.await(RECOVERY).until(() -> browser.votes("cats") == cats);

    browser.block();
    awaitLive(browser);
  }

  @Test
  void whileTheCountingIsHeldUpThePageDoesNotCallItselfLive() throws IOException {
    long before = stack.counted("cats");
    stack.freezePostgres();
    try {
      browser
          .await(Duration.ofSeconds(30))
          .until(() -> stack.get("api/results").headers().firstValue("Warning").isPresent());
      browser.vote("cats");
      browser.await(SOON).until(() -> browser.connection().equals("Counting is delayed"));
      assertThat(browser.text("#vote-status")).isEqualTo("Thank you! Your vote for Cats is in.");
    } finally {
      stack.thawPostgres();
    }
    awaitVotes(browser, "cats", before + 1);
    awaitLive(browser);
  }

  @Test
  void everythingWorksByKeyboardAlone() {
    browser.tabTo(".choice[data-option=cats]");
    assertThat(outline()).as("the focus is seen").isEqualTo("solid");
    browser.tab();
    assertThat(browser.focused(".choice[data-option=dogs]")).isTrue();

    browser.press(Keys.SPACE);
    browser.await(SOON).until(() -> browser.text("#vote-status").contains("for Dogs is in"));
    browser.pressShiftTab();
    awaitInvitation();
    browser.press(Keys.ENTER);
    browser.await(SOON).until(() -> browser.text("#vote-status").contains("for Cats is in"));

    awaitInvitation();
    browser.block("*/api/vote");
    browser.press(Keys.ENTER);
    browser.await(SOON).until(() -> browser.visible("#failure"));
    browser.tabTo("#retry");
    browser.block();
    browser.press(Keys.ENTER);
    browser.await(SOON).until(() -> browser.text("#vote-status").contains("for Cats is in"));
    assertThat(browser.focused(".choice[data-option=cats]")).as("the focus is not lost").isTrue();
  }

  private static void awaitInvitation() {
    browser
        .await(SOON)
        .until(
            () ->
                browser.visible(".choice[aria-disabled=false]")
                    && browser.text(".choice[aria-disabled=false] .mark").equals("Vote again"));
  }

  private static Object outline() {
    return browser.run("return getComputedStyle(document.activeElement).outlineStyle");
  }

  @Test
  void whoWantsNoMotionGetsNone() {
    assertThat(browser.runFile("moving-elements.js")).asInstanceOf(LIST).isNotEmpty();
    browser.prefers(Map.of("prefers-reduced-motion", "reduce"));
    assertThat(browser.runFile("moving-elements.js")).asInstanceOf(LIST).isEmpty();
  }

  @Test
  void aScriptThatIsNotOfThePageDoesNotRun() {
    assertThat(browser.runFile("smuggle-script.js")).isEqualTo("refused");
    assertThat(browser.consoleProblems()).anyMatch(line -> line.contains("blocked"));
  }

  @Test
  void everyFileComesWithAllHeadersAndIsKeptByItsContent() throws IOException {
    var page = stack.get("");
    ExpectedHeaders.assertAll(page.headers());
    assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
    var assets = Pattern.compile("(?:href|src)=\"/(assets/[^\"]+)\"").matcher(page.body());
    int count = 0;
    while (assets.find()) {
      var asset = stack.get(assets.group(1));
      assertThat(asset.statusCode()).as(assets.group(1)).isEqualTo(200);
      ExpectedHeaders.assertAll(asset.headers());
      assertThat(asset.headers().firstValue("Cache-Control"))
          .contains("public, max-age=31536000, immutable");
      count++;
    }
    assertThat(count).isGreaterThan(5);
    assertThat(stack.get("nginx.conf").statusCode()).isEqualTo(404);
    assertThat(stack.get("health").statusCode()).isEqualTo(200);
  }

  private static void awaitLive(Browser any) {
    any.await(RECOVERY).until(() -> any.connection().equals("Live"));
    any.await(SOON).until(() -> any.votes("cats") >= 0);
  }

  private static void awaitVotes(Browser any, String option, long count) {
    any.await(SOON).until(() -> any.votes(option) == count);
  }
}
