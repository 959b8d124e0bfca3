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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the packages of each module against their order, as in docs/architecture.md. */
class RoomsTest {

  private static final int MOST_FILES = 15;
  private static final int MOST_LINES = 300;

  /** A module's packages. Each may use those before it, and none after it: there is no cycle. */
  enum Module {
    OPERATOR(
        "operator",
        "dev.voting.operator",
        MOST_FILES,
        MOST_LINES,
        "certificates",
        "certmanager",
        "http",
        "blueprint",
        "blueprint.page",
        "blueprint.network",
        "blueprint.components",
        "cluster",
        "watch",
        "status.text",
        "status.diagnosis",
        "status",
        "secrets",
        "apply",
        "steps",
        "steps.storage",
        "steps.consumer",
        "reconcile",
        "run",
        "cli.monitoring",
        "cli",
        ""),
    LOCAL(
        "local",
        "dev.voting.local",
        MOST_FILES,
        Integer.MAX_VALUE,
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
        ""),
    KUBERNETES(
        "servers",
        "dev.voting.servers.kubernetes",
        Integer.MAX_VALUE,
        Integer.MAX_VALUE,
        "wire",
        "schema",
        "store",
        "apply",
        "write",
        "tables",
        "api",
        "http",
        "mock",
        ""),
    API(
        "runtime-api",
        "dev.voting.api",
        Integer.MAX_VALUE,
        Integer.MAX_VALUE,
        "connections",
        "http",
        "poll",
        "vote",
        "results",
        "health",
        ""),
    CONSUMER(
        "runtime-consumer",
        "dev.voting.consumer",
        Integer.MAX_VALUE,
        Integer.MAX_VALUE,
        "settings",
        "stream",
        "store",
        "pipeline",
        "poll",
        "");

    private final Path sources;
    private final Pattern used;
    private final int mostFiles;
    private final int mostLines;
    private final List<String> rooms;

    Module(String folder, String root, int mostFiles, int mostLines, String... rooms) {
      this.sources = Path.of("..", folder, "src/main/java", root.replace('.', '/'));
      this.used = Pattern.compile("\\b" + Pattern.quote(root) + "((?:\\.[a-z]+)*)\\.[A-Z]");
      this.mostFiles = mostFiles;
      this.mostLines = mostLines;
      this.rooms = List.of(rooms);
    }

    boolean isAfter(String used, String room) {
      return rooms.indexOf(used) > rooms.indexOf(room);
    }

    List<String> used(Path file) {
      return used.matcher(text(file)).results().map(RoomsTest::name).distinct().toList();
    }

    Map<String, List<Path>> files() {
      try (var files = Files.walk(sources)) {
        return files
            .filter(file -> file.toString().endsWith(".java"))
            .collect(
                Collectors.groupingBy(
                    file -> sources.relativize(file.getParent()).toString().replace('/', '.'),
                    TreeMap::new,
                    Collectors.toList()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyRoomIsInTheOrder(Module module) {
    assertThat(module.rooms).containsExactlyInAnyOrderElementsOf(module.files().keySet());
  }

  @ParameterizedTest
  @EnumSource
  void noArrowRunsBackUp(Module module) {
    var upwards = new TreeSet<String>();
    module
        .files()
        .forEach(
            (room, files) ->
                files.forEach(
                    file ->
                        module.used(file).stream()
                            .filter(used -> module.isAfter(used, room))
                            .forEach(used -> upwards.add(file + " uses " + used))));
    assertThat(upwards).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void noRoomAndNoFileIsTooLarge(Module module) {
    assertThat(module.files().values())
        .allSatisfy(files -> assertThat(files).hasSizeLessThanOrEqualTo(module.mostFiles));
    assertThat(module.files().values().stream().flatMap(List::stream))
        .allSatisfy(
            file ->
                assertThat(text(file).lines().count())
                    .as(file.toString())
                    .isLessThanOrEqualTo(module.mostLines));
  }

  private static String name(MatchResult found) {
    return found.group(1).isEmpty() ? "" : found.group(1).substring(1);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
