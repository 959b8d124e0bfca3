package dev.voting.local.page;

import static dev.voting.local.page.PollPage.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The colours of twenty options, as a real browser shows them. */
class PaletteIT {
  private static Browser browser;
  private static FakeSystem system;

  @BeforeAll
  static void start() throws IOException {
    browser = Browser.start();
    system = FakeSystem.start();
    system.poll(PollPage.of(20).json());
    system.results("1", PollPage.resultsOf(20));
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

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void twentyOptionsHaveTwentyColoursThatCanBeRead(String colours) {
    browser.reset();
    browser.prefers(Map.of("prefers-color-scheme", colours));
    browser.open(system.url());
    browser.await(SOON).until(() -> browser.votes("option-20") == 20);
    List<?> all = (List<?>) browser.runFile("colours.js");
    assertThat(all).hasSize(20);
    assertThat(all.stream().map(one -> ((Map<?, ?>) one).get("colour")).distinct()).hasSize(20);
    assertThat(all)
        .allSatisfy(
            one -> {
              var colour = (Map<?, ?>) one;
              assertThat(((Number) colour.get("contrast")).doubleValue())
                  .as(colour.toString())
                  .isGreaterThanOrEqualTo(4.5);
            });
  }
}
