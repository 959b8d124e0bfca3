package dev.voting.local.page;

import static dev.voting.local.page.PollPage.SOON;
import static dev.voting.local.page.PollPage.hidden;
import static dev.voting.local.page.PollPage.lunch;
import static dev.voting.local.page.PollPage.option;
import static dev.voting.local.page.PollPage.results;
import static dev.voting.local.page.PollPage.retired;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** A poll in a real browser, before an API that does what the test says, and a clock likewise. */
class PollPageIT extends WithPage {
  private void open(PollPage poll) {
    system.poll(poll.json());
    system.results(poll.round(), results("pizza", 3, "salad", 1, "soup", 0));
    browser.open(system.url());
    browser.await(SOON).until(() -> "live".equals(browser.attribute("#connection", "data-state")));
  }

  /** By the clocks of the service and of the page, which differ. */
  private void advance(Duration time) {
    system.advance(time);
    browser.advance(time);
  }

  /** From the next page on time passes by itself, as the accessibility scanner needs it. */
  private static void letTimePass() {
    browser.reset();
  }

  // States

  @Test
  void withoutAPollOnlyOneRequestMoreIsSent() {
    system.count(3, 1, "75.0", "25.0");
    browser.open(system.url());
    awaitText("#connection", "Live");
    browser.vote("cats");
    awaitText("#vote-status", "Thank you! Your vote for Cats is in.");
    assertThat(system.requests())
        .containsExactly("GET /api/poll", "GET /api/results/stream", "POST /api/vote");
    var vote = system.ballots().getFirst();
    assertThat(vote.body()).isEqualTo("{\"option\":\"cats\"}");
    assertThat(vote.round() + vote.token()).isEmpty();
    assertThat(browser.visible("#poll-state")).isFalse();
    assertThat(browser.consoleProblems()).isEmpty();
  }

  @Test
  void theStateFollowsTheServicesClockAndOnlyAnOpenVoteHasButtons() {
    PollPage poll = lunch().open("18:01:00", "18:03:00");
    open(poll);
    assertThat(browser.text("h1")).isEqualTo("Lunch?");
    assertThat(browser.run("return document.title")).isEqualTo("Lunch?");
    awaitText("#poll-state", "Opens in 1:00");
    assertThat(browser.visible(".choice")).isFalse();
    advance(Duration.ofSeconds(1));
    awaitText("#poll-state", "Opens in 0:59");

    advance(Duration.ofSeconds(59));
    awaitText("#poll-state", "Open: closes in 2:00");
    browser.vote("pizza");
    awaitText("#vote-status", "Thank you! Your vote for Pizza is in.");
    advance(Duration.ofSeconds(2));
    browser.tabTo(".choice[data-option=salad]");

    advance(Duration.ofSeconds(118));
    awaitText("#poll-state", "Closed, counting");
    assertThat(browser.visible(".choice")).isFalse();
    assertThat(browser.focused("#poll-state")).as("the focus is not lost").isTrue();

    system.poll(poll.itIsFinal().json());
    awaitText("#poll-state", "Final result");
    assertThat(browser.consoleProblems()).isEmpty();
  }

  @Test
  void theCountdownIsAnnouncedThriceAndTheStateEachTime() {
    open(lunch().open("", "18:02:00"));
    browser.run(
        "window.said = []; const region = document.getElementById('poll-announcement');"
            + "new MutationObserver(() => said.push(region.textContent))"
            + ".observe(region, {childList: true, characterData: true, subtree: true})");
    for (int second = 1; second <= 125; second++) {
      advance(Duration.ofSeconds(1));
    }
    assertThat(browser.run("return said"))
        .asInstanceOf(LIST)
        .containsExactly("Open: closes in 1:00", "Open: closes in 0:10", "Closed, counting");
  }

  @Test
  void aDistantCloseIsADate() {
    open(lunch().with("closesAt", "\"2027-03-04T10:00:00Z\""));
    awaitText("#poll-state", "Open: closes Mar 4, 2027");
    assertThat(browser.visible(".choice")).isTrue();
  }

  // A new definition

  @Test
  void aNewDefinitionIsShownWithoutAReload() {
    open(lunch());
    browser.run("window.same = true");
    browser.tabTo(".choice[data-option=pizza]");
    system.poll(
        lunch()
            .titled("Dinner?")
            .with(
                List.of(
                    option("pizza", "Pizza, corrected", "🍕"),
                    retired("salad", "Salad"),
                    option("soup", "Soup", ""),
                    option("rice", "Rice", "🍚")))
            .json());
    awaitText("h1", "Dinner?");
    assertThat(choices()).containsExactly("pizza", "soup", "rice");
    assertThat(browser.text(".choice[data-option=pizza] .label")).isEqualTo("Pizza, corrected");
    assertThat(browser.focused(".choice[data-option=pizza]")).as("the focus stays").isTrue();
    assertThat(browser.text(".standings [data-option=salad] .label"))
        .isEqualTo("Salad (no longer on the ballot)");
    system.results("1", results("pizza", 3, "salad", 1, "soup", 0, "rice", 9));
    browser.await(SOON).until(() -> browser.votes("rice") == 9);
    assertThat(browser.run("return window.same")).isEqualTo(true);
    assertThat(system.requests()).containsExactly("GET /api/poll", "GET /api/results/stream");
  }

  @Test
  void whatStandsInTheFocusAndGoesHandsItOn() {
    open(lunch());
    browser.tabTo(".choice[data-option=salad]");
    system.poll(
        lunch()
            .with(
                List.of(
                    option("pizza", "Pizza", ""),
                    retired("salad", "Salad"),
                    option("soup", "Soup", "")))
            .json());
    browser.await(SOON).until(() -> choices().equals(List.of("pizza", "soup")));
    assertThat(browser.focused("#poll-state")).isTrue();
  }

  @Test
  void aPageOfCatsAndDogsBecomesAPollAndAgainCatsAndDogs() {
    system.count(3, 1, "75.0", "25.0");
    browser.open(system.url());
    awaitText("#connection", "Live");
    system.poll(lunch().json());
    awaitText("h1", "Lunch?");
    assertThat(choices()).containsExactly("pizza", "salad", "soup");

    system.withoutPoll();
    system.count(4, 1, "80.0", "20.0");
    browser
        .await(SOON)
        .until(
            () -> {
              advance(Duration.ofSeconds(1));
              return choices().equals(List.of("cats", "dogs"));
            });
    assertThat(browser.text("h1")).isEqualTo("Cats or dogs?");
    assertThat(browser.visible("#poll-state")).isFalse();
  }

  @Test
  void withoutAStreamAnotherRoundIsNoticedByTheResults() {
    system.refuseStreams(true);
    system.pollSilently(lunch().json());
    system.results("1", results("pizza", 3, "salad", 1, "soup", 0));
    browser.open(system.url());
    awaitAdvancing("#connection", "Every few seconds");
    browser.await(SOON).until(() -> browser.votes("pizza") == 3);

    system.pollSilently(lunch().inRound("2").titled("Again?").json());
    system.results("2", results("pizza", 0, "salad", 0, "soup", 0));
    awaitAdvancing("h1", "Again?");
    awaitAdvancing("#summary", "No votes yet. Yours can be the first!");
  }

  @Test
  void anAnnouncementOfLongAgoDoesNotTurnTheClockBack() {
    PollPage poll = lunch().open("", "18:03:00");
    open(poll);
    advance(Duration.ofMinutes(1));
    awaitText("#poll-state", "Open: closes in 2:00");
    system.poll(poll.titled("Lunch today?").json()); // made when the page was opened
    awaitText("h1", "Lunch today?");
    awaitText("#poll-state", "Open: closes in 2:00");
  }

  @Test
  void aReloadWhileTheServiceIsAwayKeepsThePoll() {
    open(lunch());
    system.goAway(true);
    browser.reload();
    awaitAdvancing("h1", "Lunch?");
    assertThat(choices()).containsExactly("pizza", "salad", "soup");
  }

  // Votes

  @Test
  void aVoteSaysWhichRoundItIsFor() {
    open(lunch());
    browser.vote("soup");
    awaitText("#vote-status", "Thank you! Your vote for Soup is in.");
    var vote = system.ballots().getFirst();
    assertThat(vote.round()).isEqualTo("1");
    assertThat(vote.body()).isEqualTo("{\"option\":\"soup\"}");
    advance(Duration.ofSeconds(2));
    assertThat(mark("soup")).isEqualTo("Vote again");
  }

  @Test
  void aVoteThatWasKeptIsNeverSentIntoAnotherRound() {
    open(lunch());
    system.answerVotes(503, "the vote was not counted: Redis is away; cast it again");
    browser.vote("soup");
    awaitText("#failure-title", "The voting service could not take your vote");
    system.answerVotes(201, "");

    system.poll(lunch().inRound("2").json());
    system.results("2", results("pizza", 0, "salad", 0, "soup", 0));
    awaitText("#failure-title", "Your vote was for an earlier round");
    assertThat(browser.text("#failure-text")).isEqualTo("It was not sent into this round.");
    assertThat(browser.visible("#retry")).isFalse();
    browser.reload();
    awaitText("#failure-title", "Your vote was for an earlier round");
    assertThat(browser.visible("#retry")).isFalse();

    // Its own round comes back: there it may be sent.
    system.poll(lunch().json());
    awaitText("#failure-title", "A vote is waiting");
    system.poll(lunch().inRound("2").json());
    awaitText("#failure-title", "Your vote was for an earlier round");
    browser.click("#discard");
    awaitText("#vote-status", "Discarded.");
    assertThat(system.votes()).isEqualTo(1);
    browser.vote("soup");
    awaitText("#vote-status", "Thank you! Your vote for Soup is in.");
    assertThat(system.ballots().getLast().round()).isEqualTo("2");
  }

  @Test
  void aVoteInFlightWhenTheRoundEndsIsNotSentAgain() {
    open(lunch());
    system.answerVotes(409, "the round in force is another one", "AnotherRound");
    browser.vote("soup");
    awaitText("#failure-title", "Your vote was for an earlier round");
    assertThat(mark("soup")).isEqualTo("Not sent");
    assertThat(browser.visible("#retry")).isFalse();
    assertThat(browser.visible("#discard")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "409, Closed, The vote is over, false",
    "409, NotOpenYet, The vote is not open yet, true",
    "401, '', This link is not valid for voting, false",
  })
  void aRefusedVoteSaysWhyAndIsOnlySentAgainWhereThatHelps(
      int status, String reason, String title, boolean again) {
    open(lunch());
    system.answerVotes(status, "refused", reason);
    browser.vote("soup");
    awaitText("#failure-title", title);
    assertThat(browser.text("#failure-text")).startsWith("Your vote for Soup was not counted.");
    assertThat(browser.visible("#retry")).isEqualTo(again);
  }

  @Test
  void aChangeableBallotCanBeChanged() {
    open(lunch().ballots("Browser", true));
    assertThat(browser.text("#rules")).contains("One vote per browser", "the last one counts");
    browser.vote("pizza");
    awaitText("#vote-status", "Thank you! Your vote for Pizza is in.");
    advance(Duration.ofSeconds(2));
    assertThat(mark("pizza")).isEqualTo("✓ Your vote");
    assertThat(mark("soup")).isEqualTo("Change to this");
    browser.reload();
    browser.await(SOON).until(() -> mark("pizza").equals("✓ Your vote"));
    browser.vote("soup");
    browser.await(SOON).until(() -> system.votes() == 2);
    browser.await(SOON).until(() -> mark("soup").equals("✓ Thank you"));
    advance(Duration.ofSeconds(2));
    assertThat(mark("soup")).isEqualTo("✓ Your vote");
    assertThat(mark("pizza")).isEqualTo("Change to this");

    system.poll(lunch().inRound("2").ballots("Browser", true).json());
    browser.await(SOON).until(() -> mark("soup").equals("Vote"));
  }

  @Test
  void whereTheFirstBallotCountsThereIsNoSecond() {
    open(lunch().ballots("Browser", false));
    system.answerVotes(202, "");
    browser.vote("pizza");
    awaitText(
        "#vote-status", "Thank you! Your vote for Pizza is received. Your first vote counts.");
    advance(Duration.ofSeconds(2));
    assertThat(mark("pizza")).isEqualTo("✓ Your vote");
    browser.click(".choice[data-option=soup]");
    assertThat(browser.attribute(".choice[data-option=soup]", "aria-disabled")).isEqualTo("true");
    assertThat(system.votes()).isEqualTo(1);
  }

  // Tokens

  @Test
  void aTokenLeavesTheAddressAndTravelsInAHeaderAlone() {
    system.poll(lunch().ballots("Token", true).json());
    system.results("1", results("pizza", 3, "salad", 1, "soup", 0));
    browser.open(system.url() + "#token=137-ms3ht6p9aehr3005");
    awaitText("#connection", "Live");
    assertThat(browser.run("return location.href")).isEqualTo(system.url());
    browser.vote("pizza");
    awaitText("#vote-status", "Thank you! Your vote for Pizza is in.");
    browser.reload();
    browser.await(SOON).until(() -> mark("pizza").equals("✓ Your vote"));
    browser.vote("soup");
    browser.await(SOON).until(() -> system.votes() == 2);
    assertThat(system.ballots())
        .extracting(FakeSystem.Ballot::token)
        .containsOnly("137-ms3ht6p9aehr3005");
    assertThat(system.requests()).noneMatch(line -> line.contains("ms3ht6p9aehr3005"));
    assertThat(browser.consoleProblems()).isEmpty();
  }

  @Test
  void anotherVotersLinkInTheSameTabIsAnotherVoter() {
    system.poll(lunch().ballots("Token", true).json());
    system.results("1", results("pizza", 3, "salad", 1, "soup", 0));
    browser.open(system.url() + "#token=137-ms3ht6p9aehr3005");
    awaitText("#connection", "Live");
    system.answerVotes(503, "the vote was not counted: Redis is away; cast it again");
    browser.vote("pizza");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    system.answerVotes(201, "");
    browser.run("window.same = true; location.hash = '#token=138-aaaaaaaaaaaaaaaa'");
    browser
        .await(SOON)
        .until(
            () -> browser.run("return window.same") == null && browser.connection().equals("Live"));
    assertThat(browser.visible("#failure")).as("the other one's vote").isFalse();
    browser.vote("soup");
    awaitText("#vote-status", "Thank you! Your vote for Soup is in.");
    assertThat(system.ballots().getLast().token()).isEqualTo("138-aaaaaaaaaaaaaaaa");
  }

  @Test
  void whoHasNoLinkReadsThatItIsNeeded() {
    open(lunch().ballots("Token", false));
    awaitText("#vote-status", "To vote, open the link that you were given. Each link is one vote.");
    assertThat(browser.visible(".choice")).isFalse();
    assertThat(browser.text("#rules")).isEqualTo("One vote per link: the first one counts.");
    assertThat(browser.votes("pizza")).isEqualTo(3);
  }

  // Results

  @Test
  void hiddenResultsAreOnlyATotalUntilTheEnd() {
    PollPage poll = lunch().open("", "18:05:00").with("results", "\"AfterClose\"");
    system.poll(poll.json());
    system.results("1", hidden(123));
    browser.open(system.url());
    awaitText("#summary", "Results are shown when the vote is over. 123 votes so far.");
    assertThat(browser.visible("#standings")).isFalse();
    assertThat(browser.visible("#bar")).isFalse();
    advance(Duration.ofMinutes(5));
    awaitText("#poll-state", "Closed, counting");
    assertThat(browser.visible("#standings")).isFalse();

    system.poll(poll.itIsFinal().json());
    system.results("1", results("pizza", 100, "salad", 20, "soup", 3));
    browser.await(SOON).until(() -> browser.votes("pizza") == 100);
    assertThat(browser.text("#summary .lead")).isEqualTo("Pizza ahead by 80");
    assertThat(browser.consoleProblems()).isEmpty();
  }

  @Test
  void moreThanTwoOptionsAreSortedAtMostEachTwoSeconds() {
    open(lunch());
    browser.await(SOON).until(() -> browser.votes("pizza") == 3);
    assertThat(standings()).containsExactly("pizza", "salad", "soup");
    system.results("1", results("pizza", 3, "salad", 4, "soup", 9));
    browser.await(SOON).until(() -> browser.votes("soup") == 9);
    assertThat(standings()).as("not yet").containsExactly("pizza", "salad", "soup");
    advance(Duration.ofSeconds(2));
    assertThat(standings()).containsExactly("soup", "salad", "pizza");
    assertThat(choices()).as("the ballot stays").containsExactly("pizza", "salad", "soup");
  }

  @Test
  void aShuffledBallotKeepsItsOrderAndNewOptionsComeLast() {
    PollPage many = PollPage.of(12).with("order", "\"Shuffled\"");
    open(many);
    browser.await(SOON).until(() -> choices().size() == 12);
    List<String> order = choices();
    browser.reload();
    browser.await(SOON).until(() -> choices().equals(order));
    system.poll(PollPage.of(13).with("order", "\"Shuffled\"").json());
    browser.await(SOON).until(() -> choices().size() == 13);
    assertThat(choices().subList(0, 12)).isEqualTo(order);
    assertThat(choices().getLast()).isEqualTo("option-13");
  }

  // For everybody

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void twentyOptionsOnAPhoneWorkByKeyboardAndAreAccessible(String colours) {
    letTimePass();
    system.poll(PollPage.of(20).open("", "18:55:00").ballots("Browser", true).json());
    system.results("1", PollPage.resultsOf(20));
    browser.size(320, 640);
    browser.prefers(Map.of("prefers-color-scheme", colours, "prefers-reduced-motion", "reduce"));
    browser.open(system.url());
    browser.await(SOON).until(() -> browser.votes("option-20") == 20);
    assertThat(standings().getFirst()).isEqualTo("option-20");
    assertWell();
    for (int i = 1; i <= 20; i++) {
      browser.tab();
      assertThat(browser.focused(".choice[data-option=option-" + i + "]"))
          .as("choice " + i)
          .isTrue();
      assertThat(browser.runFile("hidden-focus.js")).isEqualTo("");
    }
    browser.press(Keys.ENTER);
    browser.await(SOON).until(() -> system.votes() == 1);
    assertThat(system.ballots().getFirst().body()).isEqualTo("{\"option\":\"option-20\"}");
    browser.await(SOON).until(() -> mark("option-20").equals("✓ Your vote"));
    assertWell();
    browser.runFile("text-spacing.js");
    assertThat(browser.overflow()).isZero();
    assertThat(browser.runFile("cut-off-texts.js")).asInstanceOf(LIST).isEmpty();
  }

  @Test
  void everyStateIsAccessibleOnAPhone() {
    letTimePass();
    browser.size(320, 640);
    PollPage poll = lunch().with("results", "\"AfterClose\"");
    system.poll(poll.open("18:55:00", "19:55:00").json());
    system.results("1", hidden(0));
    browser.open(system.url());
    awaitText("#poll-state", "Opens in");
    assertWell();
    system.poll(poll.open("", "18:55:00").json());
    awaitText("#poll-state", "Open: closes in");
    system.answerVotes(409, "another one", "AnotherRound");
    browser.vote("pizza");
    browser.await(SOON).until(() -> browser.visible("#failure"));
    assertWell();
    system.poll(poll.open("", "17:00:00").json());
    awaitText("#poll-state", "Closed, counting");
    assertWell();
    system.poll(poll.itIsFinal().json());
    system.results("1", results("pizza", 2, "salad", 0, "soup", 1));
    browser.await(SOON).until(() -> browser.votes("pizza") == 2);
    assertWell();
  }

  private static void assertWell() {
    assertThat(browser.overflow()).as("pixels to be scrolled sideways").isZero();
    assertThat(browser.runFile("cut-off-texts.js")).asInstanceOf(LIST).isEmpty();
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void withForcedColoursBarsAndTheOwnChoiceAreStillSeen() {
    letTimePass();
    browser.prefers(Map.of("forced-colors", "active"));
    open(lunch().ballots("Browser", true));
    browser.await(SOON).until(() -> browser.votes("pizza") == 3);
    assertThat(style(".track", "borderTopStyle")).isEqualTo("solid");
    assertThat(style(".track .segment", "backgroundColor"))
        .isNotEqualTo(style("body", "backgroundColor"));
    browser.vote("pizza");
    browser.await(SOON).until(() -> mark("pizza").equals("✓ Your vote"));
    browser
        .await(SOON)
        .until(
            () ->
                !style(".choice[data-option=pizza]", "borderTopColor")
                    .equals(style(".choice[data-option=soup]", "borderTopColor")));
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "de, Ihre Stimme, Offen: endet in 5:00, Danke! Ihre Stimme für Pizza ist angekommen.",
    "fr, Votre vote, Ouvert : se termine dans 5:00, Merci ! Votre vote pour Pizza est enregistré.",
    "es, Su voto, Abierta: cierra en 5:00, ¡Gracias! Su voto por Pizza está registrado.",
    "ja, 投票, 受付中: 終了まで 5:00, ありがとうございます。「Pizza」への票を受け付けました。",
  })
  void thePageSpeaksThePollsLanguage(String language, String heading, String state, String thanks) {
    open(lunch().open("", "18:05:00").with("language", "\"" + language + "\""));
    awaitText("#poll-state", state);
    assertThat(browser.text("#ballot-heading")).isEqualTo(heading);
    assertThat(browser.run("return document.documentElement.lang")).isEqualTo(language);
    browser.vote("pizza");
    awaitText("#vote-status", thanks);
    assertThat(browser.runLong(SOON, "compare-texts.js", assets(), language)).isEqualTo("the same");
    assertThat(browser.consoleProblems()).isEmpty();
  }

  private static String assets() {
    return dev.voting.operator.blueprint.page.Page.FILES
        .get("index.html")
        .replaceAll("(?s).*\"(/assets/[0-9a-f]+/)main.js.*", "$1");
  }

  private static List<String> choices() {
    return keys(".choice");
  }

  private static List<String> standings() {
    return keys("#standings li");
  }

  private static List<String> keys(String selector) {
    Object keys =
        browser.run(
            "return [...document.querySelectorAll(arguments[0])].map(({dataset}) => dataset.option)",
            selector);
    return ((List<?>) keys).stream().map(Object::toString).toList();
  }

  private static String mark(String option) {
    return browser.text(".choice[data-option=%s] .mark".formatted(option));
  }

  private static Object style(String selector, String property) {
    return browser.run(
        "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]",
        selector,
        property);
  }

  private static void awaitText(String selector, String text) {
    browser.await(SOON).until(() -> browser.text(selector).startsWith(text));
  }

  /** Lets the page's time pass, a second at a time, until it says so. */
  private void awaitAdvancing(String selector, String text) {
    browser
        .await(SOON)
        .until(
            () -> {
              if (browser.text(selector).startsWith(text)) {
                return true;
              }
              advance(Duration.ofSeconds(1));
              return false;
            });
  }
}
