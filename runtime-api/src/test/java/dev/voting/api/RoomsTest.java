package dev.voting.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the packages in order. */
class RoomsTest {

  /** Each may use those before it, and none of those after it, so that there is no cycle. */
  private static final List<String> ROOMS =
      List.of("connections", "http", "vote", "results", "health", "");

  private static final Path SOURCES = Path.of("src/main/java/dev/voting/api");
  private static final Pattern USED = Pattern.compile("\\bdev\\.voting\\.api\\.?([a-z]*)\\.[A-Z]");

  @Test
  void noArrowRunsBackUp() throws IOException {
    List<String> upwards = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        int room = ROOMS.indexOf(SOURCES.relativize(file.getParent()).toString());
        assertThat(room).as("the room of " + file).isNotNegative();
        USED.matcher(Files.readString(file))
            .results()
            .map(used -> used.group(1))
            .filter(used -> ROOMS.indexOf(used) > room)
            .forEach(used -> upwards.add(file.getFileName() + " uses " + used));
      }
    }
    assertThat(upwards).isEmpty();
  }
}
