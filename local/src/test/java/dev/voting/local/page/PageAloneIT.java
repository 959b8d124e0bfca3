package dev.voting.local.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** The page in a real browser, before an API that does what the test says, and a clock likewise. */
class PageAloneIT extends WithPage {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  @BeforeEach
  void open() {
    system.count(3, 1, "75.0", "25.0");
    browser.open(system.url());
    awaitConnection("Live");
    browser.await(SOON).until(() -> browser.votes("cats") == 3);
  }

  // One click, one vote

  @Test
  void aBurstOfClicksIsOneVote() {
    Duration[] gaps = {Duration.ofMillis(50), Duration.ofMillis(150), Duration.ofMillis(300)};
    browser.clickInABurst("cats", gaps);
    awaitThanks("Cats");
    browser.advance(Duration.ofSeconds(2));
    browser.clickInABurst("dogs", gaps);
    awaitThanks("Dogs");
    assertThat(system.votes()).isEqualTo(2);
  }

  @Test
  void enterThatIsHeldIsOneVote() {
    browser.tabTo(".choice[data-option=cats]");
    browser.holdEnter(20);
    awaitThanks("Cats");
    browser.advance(Duration.ofSeconds(2));
    browser.vote("dogs");
    awaitThanks("Dogs");
    assertThat(system.votes()).isEqualTo(2);
  }

  @Test
  void whoPressesTwiceOnDiscardDoesNotVoteByTheSecond() {
    system.answerVotes(503, "the vote was not counted: Redis is away; cast it again");
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    browser.tabTo("#discard");
    browser.press(Keys.ENTER, Keys.ENTER);
    browser.await(SOON).until(() -> browser.text("#vote-status").startsWith("Discarded"));
    assertThat(system.votes()).isEqualTo(1);
  }

  @Test
  void aSecondVoteIsADecisionAndTheButtonsSaySo() {
    assertThat(mark("cats")).isEqualTo("Vote");
    browser.vote("cats");
    awaitThanks("Cats");
    assertThat(mark("cats")).isEqualTo("✓ Thank you");
    assertThat(browser.attribute(".choice[data-option=dogs]", "aria-disabled")).isEqualTo("true");

    browser.advance(Duration.ofSeconds(2));
    assertThat(mark("cats")).isEqualTo("Vote again");
    assertThat(mark("dogs")).isEqualTo("Vote again");
    browser.reload();
    browser.await(SOON).until(() -> mark("cats").equals("Vote again"));
    browser.vote("cats");
    awaitThanks("Cats");
    assertThat(system.votes()).isEqualTo(2);
    assertThat(browser.text("#rules")).contains("nothing keeps anybody from voting again");
  }

  // What is seen

  @ParameterizedTest
  @CsvSource({"1366, 625", "683, 312", "320, 256", "320, 640", "844, 390"})
  void votingComesFirstAndIsInView(int width, int height) {
    browser.size(width, height);
    for (String option : List.of("cats", "dogs")) {
      assertThat(bottom(".choice[data-option=%s]".formatted(option))).isLessThanOrEqualTo(height);
    }
    assertThat(bottom("#ballot")).isLessThanOrEqualTo(number("top", "#results"));
  }

  @Test
  void theBarIsRoundAtBothEndsWhoeverIsThere() {
    for (var standing : List.of(new long[] {7, 0}, new long[] {0, 7})) {
      system.count(standing[0], standing[1], share(standing[0]), share(standing[1]));
      browser.await(SOON).until(() -> browser.votes("cats") == standing[0]);
      String only = ".segment:not([hidden])";
      browser.await(SOON).until(() -> number("left", only) == number("left", "#bar"));
      assertThat(number("right", only)).isEqualTo(number("right", "#bar"));
      for (String corner : List.of("borderTopLeftRadius", "borderTopRightRadius")) {
        assertThat(style(only, corner)).as(corner).isEqualTo(style("#bar", corner));
      }
    }
  }

  private static String share(long votes) {
    return votes > 0 ? "100.0" : "0.0";
  }

  @Test
  void percentagesAreShownAsTheServiceGivesThem() {
    system.count(1999, 1, "99.95", "0.05");
    browser.await(SOON).until(() -> browser.votes("cats") == 1999);
    assertThat(browser.text(".standings [data-option=cats] .percentage")).isEqualTo("99.95%");
    assertThat(browser.text(".standings [data-option=dogs] .percentage")).isEqualTo("0.05%");
    assertThat(browser.barWidth("dogs")).as("who has votes is seen").isGreaterThan(4);
  }

  @Test
  void whatIsSaidOfAVoteAndOfTheConnectionAgreesAfterARecovery() {
    system.goAway(true);
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    assertThat(browser.text("#failure-title")).isEqualTo("The voting service did not answer");
    awaitConnection("Reconnecting");

    system.goAway(false);
    awaitAdvancing("Live");
    assertThat(browser.text("#failure-title")).isEqualTo("The voting service is back");
    browser.click("#retry");
    awaitThanks("Cats");
    assertThat(system.votes()).isEqualTo(1);
  }

  @Test
  void anAddressThatIsNotThereLooksLikeThePageAndLeadsToIt() {
    browser.reset();
    browser.open(system.url() + "elsewhere");
    assertThat(browser.text("h1")).isEqualTo("Page not found");
    assertThat(style(".card", "backgroundColor")).isEqualTo("rgb(255, 255, 255)");
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.size(320, 256);
    assertThat(browser.overflow()).isZero();
    assertThat(browser.runFile("cut-off-texts.js")).asInstanceOf(LIST).isEmpty();
    browser.click("a");
    awaitConnection("Live");
  }

  // A crowd of viewers

  @Test
  void whileTheStreamSaysThatTheResultsAreFreshNothingElseIsAsked() {
    for (int beat = 1; beat <= 20; beat++) {
      browser.advance(HEARTBEAT);
      beat(Instant.now().plus(HEARTBEAT.multipliedBy(beat)), beat);
    }
    assertThat(system.asked()).isZero();
    assertThat(system.opened()).isEqualTo(1);
    assertThat(browser.connection()).isEqualTo("Live");
  }

  @Test
  void aServiceThatDoesNotSayHowFreshItIsIsAskedAtTimes() {
    for (int times = 1; times <= 3; times++) {
      int expected = times;
      browser.advance(Duration.ofMinutes(1));
      browser.await(SOON).until(() -> system.asked() == expected);
      browser.await(SOON).until(() -> waits().getLast() >= 35_000);
    }
    assertThat(browser.connection()).isEqualTo("Live");
    assertThat(system.opened()).isEqualTo(1);
  }

  @Test
  void aStreamThatNoLongerSaysHowFreshItIsIsGivenUp() {
    beat(Instant.now(), 1);
    browser.advance(Duration.ofMinutes(1));
    awaitConnection("Reconnecting");
    awaitAdvancing("Live");
    assertThat(system.opened()).isEqualTo(2);
  }

  @Test
  void resultsThatAreRightAsOfAnEverOlderInstantAreDelayed() {
    Instant at = Instant.now();
    beat(at, 1);
    browser.advance(HEARTBEAT);
    beat(at, 2);
    awaitConnection("Counting is delayed");
    assertThat(system.asked()).isZero();

    browser.advance(HEARTBEAT);
    beat(at.plus(HEARTBEAT.multipliedBy(2)), 3);
    awaitConnection("Live");
  }

  @Test
  void whoComesWhileCountingIsHeldUpReadsThat() {
    system.holdUpCounting(true);
    beat(Instant.now().minus(Duration.ofMinutes(10)), 1);
    browser.advance(HEARTBEAT);
    awaitConnection("Counting is delayed");
    assertThat(system.asked()).isEqualTo(1);
  }

  @Test
  void anOwnVoteThatDoesNotShowIsAskedAfter() {
    system.holdUpCounting(true);
    browser.vote("cats");
    awaitThanks("Cats");
    assertThat(system.asked()).as("not at once").isZero();
    browser.advance(Duration.ofSeconds(6));
    awaitConnection("Counting is delayed");
    assertThat(system.asked()).isEqualTo(1);
  }

  @Test
  void anOwnVoteThatShowsCostsNoRequest() {
    browser.vote("cats");
    awaitThanks("Cats");
    system.count(4, 1, "80.0", "20.0");
    browser.await(SOON).until(() -> browser.votes("cats") == 4);
    browser.advance(Duration.ofSeconds(10));
    assertThat(system.asked()).isZero();
  }

  @Test
  void afterALostConnectionNobodyAsksAtOnceAndNoTwoWaitEquallyLong() {
    long[] waits = new long[6];
    for (int visit = 0; visit < waits.length; visit++) {
      browser.reload();
      awaitConnection("Live");
      int opened = system.opened();
      system.breakStreams();
      awaitConnection("Reconnecting");
      assertThat(system.opened()).isEqualTo(opened);
      waits[visit] =
          waits().stream().mapToLong(Long::longValue).filter(w -> w > 2000).findFirst().orElse(0);
      // Second by second, or the attempt would time out before the machine has made it.
      awaitAdvancing("Live");
    }
    assertThat(system.asked()).isZero();
    assertThat(waits).doesNotHaveDuplicates();
  }

  @Test
  void whereStreamsAreRefusedThePageAsksFromTimeToTime() {
    system.refuseStreams(true);
    browser.reload();
    browser.await(SOON).until(() -> system.opened() == 2);
    awaitAdvancing("Every few seconds");
    assertThat(system.asked()).isEqualTo(1);

    int before = system.asked();
    for (int step = 0; step < 12; step++) {
      browser.advance(Duration.ofSeconds(5));
      browser.await(SOON).until(() -> !waits().isEmpty());
    }
    browser.await(SOON).until(() -> system.asked() > before);
    assertThat(system.asked() - before).as("in a minute").isBetween(2, 12);

    system.refuseStreams(false);
    awaitAdvancing("Live");
  }

  // For everybody

  @Test
  void whoIsDistractedByMovingResultsCanPauseThem() {
    browser.click("#pause");
    awaitConnection("Paused");
    system.count(30, 1, "96.77", "3.23");
    browser.advance(Duration.ofMinutes(5));
    assertThat(browser.votes("cats")).isEqualTo(3);
    assertThat(browser.text("#summary time")).startsWith("as of");
    browser.await(SOON).until(() -> moving() == 0);
    assertThat(system.asked()).isZero();

    browser.vote("dogs");
    awaitThanks("Dogs");
    browser.click("#pause");
    awaitConnection("Live");
    browser.await(SOON).until(() -> browser.votes("cats") == 30);
    assertThat(browser.focused("#pause")).isTrue();
  }

  private static long moving() {
    String count =
        "return document.getElementById('results').getAnimations({subtree: true}).length";
    return (long) browser.run(count);
  }

  @Test
  void announcementsDoNotFlood() {
    browser.run(
        "window.said = []; new MutationObserver(() => said.push(announcement.textContent))"
            + ".observe(announcement, {childList: true, characterData: true, subtree: true})");
    for (int second = 1; second <= 120; second++) {
      int cats = 3 + second;
      system.count(cats, 1, "97.0", "3.0");
      browser.await(SOON).until(() -> browser.votes("cats") == cats);
      browser.advance(Duration.ofSeconds(1));
    }
    assertThat((List<?>) browser.run("return said")).hasSizeBetween(3, 5);
    assertThat(browser.run("return document.querySelectorAll('#results [role=status]').length"))
        .as("a connection that comes and goes is not read out each time")
        .isEqualTo(0L);
  }

  @ParameterizedTest
  @CsvSource({"1366, 625", "683, 312", "320, 256"})
  void whatHasTheFocusIsSeenAndLargeEnough(int width, int height) {
    browser.size(width, height);
    system.answerVotes(503, "");
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    for (String target : List.of(".choice[data-option=dogs]", "#retry", "#discard", "#pause")) {
      browser.tabTo(target);
      assertThat(browser.runFile("hidden-focus.js")).as(target).isEqualTo("");
    }
  }

  @ParameterizedTest
  @CsvSource({"1366, 625", "683, 312", "320, 256"})
  void nothingIsCutOffWhenTextIsSpacedOut(int width, int height) {
    browser.size(width, height);
    system.answerVotes(503, "");
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    assertThat(browser.runFile("cut-off-texts.js")).asInstanceOf(LIST).isEmpty();
    browser.runFile("text-spacing.js");
    assertThat(browser.overflow()).isZero();
    assertThat(browser.runFile("cut-off-texts.js")).asInstanceOf(LIST).isEmpty();
  }

  @Test
  void withForcedColoursTheTwoSidesAndTheButtonsStillDiffer() {
    browser.prefers(Map.of("forced-colors", "active"));
    assertThat(style(".segment:first-child", "backgroundColor"))
        .isNotEqualTo(style(".segment:last-child", "backgroundColor"));
    assertThat(style(".choice .mark", "borderTopStyle")).isEqualTo("solid");
    String border = style(".choice", "borderTopColor");
    browser.vote("cats");
    awaitThanks("Cats");
    assertThat(style(".choice", "borderTopColor")).isNotEqualTo(border);
  }

  // A vote that failed

  @ParameterizedTest
  @CsvSource({
    "503, the vote may or may not have been counted: no answer; with an Idempotency-Key it can, true",
    "503, the vote was not counted: Redis is away; cast it again, false",
    "502, , true",
    "429, slow down, false",
  })
  void aDiscardedVoteSaysWhetherItMayCountAsTheServiceSaid(int status, String said, boolean may) {
    system.answerVotes(status, said == null ? "" : said);
    browser.vote("dogs");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    assertThat(mark("dogs")).isEqualTo(may ? "Unclear" : "Not counted");
    assertThat(browser.text("#failure-text")).contains(may ? "may or may not" : "was not counted");
    browser.click("#discard");
    assertThat(browser.text("#vote-status"))
        .startsWith("Discarded")
        .contains(may ? "may count all the same" : "was not counted");
  }

  @Test
  void whatIsNotKnownOfTheFirstAttemptIsNotKnownAfterTheSecond() {
    system.answerVotes(503, "the vote may or may not have been counted: no answer");
    browser.vote("dogs");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    system.answerVotes(503, "the vote was not counted: Redis is away; cast it again");
    browser.click("#retry");
    browser.await(SOON).until(() -> system.votes() == 2);
    browser.await(SOON).until(() -> browser.visible("#discard"));
    browser.click("#discard");
    assertThat(browser.text("#vote-status")).contains("may count all the same");
  }

  @Test
  void aBrowserThatCanKeepNothingMoreStillVotes() {
    browser.runFile("fill-storage.js");
    browser.vote("cats");
    awaitThanks("Cats");
    browser.advance(Duration.ofSeconds(2));
    system.answerVotes(503, "");
    browser.vote("cats");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    assertThat(browser.text("#failure-text")).contains("until you leave or reload");
    system.answerVotes(201, "");
    browser.click("#retry");
    browser.await(SOON).until(() -> !browser.visible("#failure"));
    assertThat(system.votes()).isEqualTo(3);
  }

  @Test
  void whatSomebodyElseLeftInTheStorageDoesNotStopThePage() {
    browser.run(
        "sessionStorage.setItem('unsent-vote', '{broken'); sessionStorage.setItem('voted', 'x')");
    browser.reload();
    awaitConnection("Live");
    browser.vote("cats");
    awaitThanks("Cats");
  }

  // Without JavaScript

  @Test
  void withoutJavaScriptThePageSaysSoAndLeadsToTheResults() {
    browser.reset();
    browser.withoutJavaScript();
    browser.open(system.url());
    assertThat(browser.text("noscript")).contains("needs JavaScript");
    assertThat(browser.visible("#ballot")).isFalse();
    assertThat(browser.visible("#results")).isFalse();
    assertThat(browser.attribute("noscript a", "href")).isEqualTo("/api/results");
    browser.click("noscript a");
    browser.await(SOON).until(() -> browser.text("body").contains("\"cats\":3"));
  }

  /** A heartbeat of the stream, heard by the page. */
  private void beat(Instant at, long heard) {
    system.fresh(at);
    browser.await(SOON).until(() -> browser.run("return window.heard").equals(heard));
  }

  private static void awaitThanks(String label) {
    browser
        .await(SOON)
        .until(
            () ->
                browser
                    .text("#vote-status")
                    .equals("Thank you! Your vote for " + label + " is in."));
  }

  private static void awaitConnection(String text) {
    browser.await(SOON).until(() -> browser.connection().equals(text));
  }

  /** Lets the page's time pass, a second at a time, until it says so. */
  private static void awaitAdvancing(String text) {
    browser
        .await(Duration.ofSeconds(60))
        .until(
            () -> {
              if (browser.connection().equals(text)) {
                return true;
              }
              browser.advance(Duration.ofSeconds(1));
              return false;
            });
  }

  @SuppressWarnings("unchecked")
  private static List<Long> waits() {
    return ((List<Number>) browser.run("return manualClock.waits()"))
        .stream().map(Number::longValue).toList();
  }

  private static String mark(String option) {
    return browser.text(".choice[data-option=%s] .mark".formatted(option));
  }

  private static double bottom(String selector) {
    return number("bottom", selector);
  }

  private static double number(String edge, String selector) {
    return ((Number)
            browser.run(
                "return document.querySelector(arguments[1]).getBoundingClientRect()[arguments[0]]",
                edge,
                selector))
        .doubleValue();
  }

  private static String style(String selector, String property) {
    return (String)
        browser.run(
            "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]",
            selector,
            property);
  }
}
