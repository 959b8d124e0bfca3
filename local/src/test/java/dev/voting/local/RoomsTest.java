package dev.voting.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the packages against the order in docs/architecture.md. */
class RoomsTest {

  /** Each may use those before it, and none of those after it, so that there is no cycle. */
  private static final List<String> ROOMS =
      List.of(
          "machine",
          "errors",
          "manifest",
          "page",
          "programs",
          "programs.postgres",
          "programs.redis",
          "node.config",
          "names",
          "programs.images",
          "node",
          "controllers",
          "ingress",
          "stack",
          "output",
          "commands",
          "");

  private static final int MOST_FILES = 15;

  private static final Path SOURCES = Path.of("src/main/java/dev/voting/local");
  private static final Pattern USED =
      Pattern.compile("\\bdev\\.voting\\.local((?:\\.[a-z]+)*)\\.[A-Z]");

  @Test
  void everyRoomIsInTheOrder() {
    assertThat(ROOMS).containsExactlyInAnyOrderElementsOf(files().keySet());
  }

  @Test
  void noArrowRunsBackUp() {
    var upwards = new TreeSet<String>();
    files()
        .forEach(
            (room, files) ->
                files.forEach(
                    file ->
                        used(file).stream()
                            .filter(used -> ROOMS.indexOf(used) > ROOMS.indexOf(room))
                            .forEach(used -> upwards.add(file + " uses " + used))));
    assertThat(upwards).isEmpty();
  }

  @Test
  void noRoomIsTooLarge() {
    assertThat(files())
        .allSatisfy((_, files) -> assertThat(files).hasSizeLessThanOrEqualTo(MOST_FILES));
  }

  private static List<String> used(Path file) {
    return USED.matcher(text(file)).results().map(RoomsTest::name).distinct().toList();
  }

  private static String name(MatchResult found) {
    return found.group(1).isEmpty() ? "" : found.group(1).substring(1);
  }

  private static Map<String, List<Path>> files() {
    try (var files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .collect(
              Collectors.groupingBy(
                  file -> SOURCES.relativize(file.getParent()).toString().replace('/', '.'),
                  TreeMap::new,
                  Collectors.toList()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
