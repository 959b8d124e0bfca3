package dev.voting.local.page;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs of this machine that the page's tests need, and that Maven cannot deliver. */
final class Installed {
  private Installed() {}

  static Path chromium() {
    return oneOf("Chromium", "chromium", "chromium-browser", "google-chrome");
  }

  static Path chromedriver() {
    return oneOf("Chromium's driver", "chromedriver");
  }

  static Path nginx() {
    return oneOf("nginx", "nginx");
  }

  /**
   * Finds the first of these programs. Without any of them the test is skipped, or, where the
   * environment variable CI is set, fails.
   */
  private static Path oneOf(String what, String... names) {
    Optional<Path> found = Stream.of(names).flatMap(Installed::onPath).findFirst();
    if (found.isEmpty()) {
      String missing = what + " is not installed; .ci/browser installs it on Debian";
      if (System.getenv("CI") != null) {
        fail(missing);
      }
      Assumptions.abort(missing);
    }
    return found.orElseThrow();
  }

  private static Stream<Path> onPath(String name) {
    // Debian keeps servers where only root's PATH leads.
    return Stream.concat(
            Stream.of(System.getenv("PATH").split(":")), List.of("/usr/sbin", "/sbin").stream())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable);
  }
}
