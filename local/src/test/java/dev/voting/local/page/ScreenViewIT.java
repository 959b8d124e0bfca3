package dev.voting.local.page;

import static dev.voting.local.page.PollPage.SOON;
import static dev.voting.local.page.PollPage.lunch;
import static dev.voting.local.page.PollPage.results;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page on a projector, in a real browser. */
class ScreenViewIT extends WithPage {
  @BeforeEach
  void hangProjector() {
    browser.size(1920, 1080);
  }

  private void open(PollPage poll) {
    system.poll(poll.json());
    system.results("1", results("pizza", 30, "salad", 10, "soup", 4));
    browser.open(system.url() + "?view=screen");
    browser.await(SOON).until(() -> browser.votes("pizza") == 30);
  }

  @Test
  void theAddressIsThereToReadAndToScan() throws Exception {
    open(lunch().open("", "18:05:00"));
    assertThat(QrCode.read(browser.attribute(".address path", "d"), 4)).isEqualTo(system.url());
    assertThat(browser.text(".address .url"))
        .isEqualTo(system.url().replace("http://", "").replaceAll("/$", ""));
    assertThat(browser.visible(".choice")).as("nobody votes at the projector").isFalse();
    assertThat(browser.text("h1")).isEqualTo("Lunch?");
    assertThat(browser.text("#poll-state")).isEqualTo("Open: closes in 5:00");
    browser.advance(Duration.ofMinutes(5));
    assertThat(browser.text("#poll-state")).isEqualTo("Closed, counting");
    assertThat(browser.consoleProblems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void itFillsTheScreenAndCanBeRead(String colours) {
    browser.reset(); // with a clock that goes, as the accessibility scanner needs it
    browser.size(1920, 1080);
    browser.prefers(Map.of("prefers-color-scheme", colours, "prefers-reduced-motion", "reduce"));
    open(lunch().open("", "18:05:00"));
    assertThat((long) browser.run("return document.documentElement.scrollHeight - innerHeight"))
        .as("pixels to be scrolled")
        .isZero();
    assertThat(browser.overflow()).isZero();
    assertThat(
            (boolean)
                browser.run(
                    "return document.querySelector('.standings').offsetWidth"
                        + " - document.querySelector('.track').offsetWidth < 2"))
        .as("bars are as wide as their card")
        .isTrue();
    assertThat(browser.runFile("cut-off-texts.js")).asInstanceOf(LIST).isEmpty();
    assertThat(browser.accessibilityViolations()).isEmpty();
    assertThat(
            ((Number)
                    browser.run(
                        "return parseFloat(getComputedStyle(document.querySelector("
                            + "'.standings .label')).fontSize)"))
                .doubleValue())
        .as("the size of a label")
        .isGreaterThan(26);
  }

  @Test
  void whereEachVoterHasALinkTheCommonAddressIsNotShown() {
    open(lunch().ballots("Token", true));
    assertThat(browser.visible(".address")).isFalse();
  }
}
