package dev.voting.local.page;

import static dev.voting.local.page.PollPage.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.voting.local.errors.CommandException;
import dev.voting.local.output.TokenSheet;
import dev.voting.local.output.TokenSheet.Card;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sheet of voters' links, in the browser that prints it. */
class TokenSheetIT {
  private static final String HOSTILE = "<img src=x onerror=alert(1)> & \"@CARDS@\" %d";

  @TempDir private Path folder;

  @Test
  void hasACardForEachVoterWithACodeOfTheLink() throws Exception {
    Path file = folder.resolve("sheet.html");
    TokenSheet.write(
        file, HOSTILE, IntStream.rangeClosed(99, 160).mapToObj(i -> new Card(i, link(i))));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var browser = Browser.start()) {
      browser.reset();
      browser.open(file.toUri().toString());
      browser.await(SOON).until(() -> "ready".equals(browser.attribute("body", "data-state")));
      var paths =
          (List<?>)
              browser.run(
                  "return [...document.querySelectorAll('article path')].map(p => p.getAttribute('d'))");
      assertThat(paths).hasSize(62);
      for (int i = 0; i < paths.size(); i++) {
        assertThat(QrCode.read(paths.get(i).toString(), 0)).isEqualTo(link(99 + i));
      }
      assertThat(browser.text("article h2")).isEqualTo(HOSTILE);
      assertThat(browser.text("article .link")).isEqualTo(link(99));
      assertThat(browser.accessibilityViolations()).isEmpty();
      assertThat(browser.consoleProblems()).isEmpty();
    }
    assertThatThrownBy(() -> TokenSheet.write(file, "", Stream.of()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("exists");
  }

  private static String link(int serial) {
    return "https://vote.example.org/#token=" + serial + "-ms3ht6p9aehr3005";
  }
}
