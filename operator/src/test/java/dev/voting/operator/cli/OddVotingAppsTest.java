package dev.voting.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.crd.validation.CrdValidator;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bad input is refused with the path of a field, or becomes objects that are sound all the same.
 *
 * <p>System property: {@code odd} (default 400), how many VotingApps are made up.
 */
class OddVotingAppsTest {

  private static final int HOW_MANY = Integer.getInteger("odd", 400);

  private static final Pattern FIELD =
      Pattern.compile("(?s)(metadata|spec|status|apiVersion|kind)\\b.*");

  @TempDir private Path folder;

  private final CrdValidator validator = CrdValidator.of(VotingAppCrd.read(), VotingApp.VERSION);
  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final Soundness soundness = new Soundness();

  @Test
  void eachIsRefusedWithAFieldOrSound() {
    var refused = new TreeSet<String>();
    int[] accepted = {0};
    new OddVotingApps(20_260_101)
        .stream("voting")
            .limit(HOW_MANY)
            .forEach(
                object -> {
                  var errors = new Validation(validator).validate(object);
                  if (errors.isEmpty()) {
                    accepted[0]++;
                    soundness.check(app(object));
                  } else {
                    // The last may say that not all rules were tried.
                    errors.removeIf(error -> error.startsWith("some validation rules"));
                    assertThat(errors)
                        .isNotEmpty()
                        .allSatisfy(error -> assertThat(error).matches(FIELD));
                    errors.forEach(error -> refused.add(error.replaceFirst("[:\\[].*(?s).*", "")));
                  }
                });
    // Neither half of the promise is empty.
    assertThat(accepted[0]).isGreaterThan(HOW_MANY / 5);
    assertThat(refused).hasSizeGreaterThan(50);
  }

  private VotingApp app(ObjectNode object) {
    return serialization.convertValue(validator.defaulted(object), VotingApp.class);
  }

  /** Files that are odd as files. */
  static Stream<Arguments> files() {
    var head = "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: voting}\n";
    var bomb = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a%d: &a%1$d [".formatted(i));
      bomb.repeat("*a%d, ".formatted(i - 1), 9).append("x]\n");
    }
    return Stream.of(
        Arguments.of("an alias bomb", head + bomb),
        Arguments.of("an alias bomb in the spec", head + "spec:\n" + bomb.toString().indent(2)),
        Arguments.of("an alias to itself", head + "spec: &s {api: *s}"),
        Arguments.of("a merge of itself", head + "spec: &s\n  <<: *s"),
        Arguments.of("deep lists", head + "spec: " + "[".repeat(100_000)),
        Arguments.of(
            "deep maps", head + "spec: " + "{a: ".repeat(20_000) + "1" + "}".repeat(20_000)),
        Arguments.of(
            "a long line", head + "spec: {exposure: {host: " + "a".repeat(1_000_000) + "}}"),
        Arguments.of(
            "a long number", head + "spec: {api: {replicas: " + "9".repeat(100_000) + "}}"),
        Arguments.of("a far exponent", head + "spec: {api: {replicas: 1e999999999}}"),
        Arguments.of("a key given twice", head + "spec: {}\nspec: {api: {replicas: 3}}"),
        Arguments.of("a class to be made", head + "spec: !!javax.script.ScriptEngineManager []"),
        Arguments.of("a binary", head + "spec: {exposure: {host: !!binary aGVsbG8=}}"),
        Arguments.of("a NUL", head + "spec: {exposure: {host: \"a\\0b\"}}"),
        Arguments.of("a lone surrogate", head + "spec: {exposure: {host: \"\\uD800\"}}"),
        Arguments.of("no map", "- just\n- a list\n"),
        Arguments.of("a tab", head + "spec:\n\tapi: {}"),
        Arguments.of("an unclosed quote", head + "spec: {exposure: {host: \"a}}"),
        Arguments.of("a directive", "%YAML 9.9\n---\n" + head),
        Arguments.of("many documents", (head + "---\n").repeat(500)),
        Arguments.of("a list for a map", head + "spec: []"),
        Arguments.of(
            "a spec that is null",
            head.replace("voting}", "voting, labels: {a: 1}}") + "spec: null"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void anOddFileIsReportedWithItsLines(String what, String text) throws IOException {
    var file = Files.write(folder.resolve("odd.yaml"), text.getBytes(StandardCharsets.UTF_8));
    var read = assertTimeout(Duration.ofMinutes(3), () -> VotingAppFile.read(file));
    assertThat(read.errors()).as(what).isNotEmpty();
    assertThat(read.errors()).allSatisfy(error -> assertThat(error).startsWith(file.toString()));
    read.valid().forEach(soundness::check);
  }
}
