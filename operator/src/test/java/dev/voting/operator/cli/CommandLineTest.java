package dev.voting.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {

  @TempDir private Path folder;

  /** What a run of the command line gave. */
  private record Run(int code, String out, List<String> errors) {}

  private static Run run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var code =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Run(code, out.toString(), err.toString().lines().toList());
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("app.yaml"), text).toString();
  }

  private static String app(String metadata, String spec) {
    return "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {%s}\nspec: {%s}\n"
        .formatted(metadata, spec);
  }

  private Run validate(String text) throws IOException {
    return run("validate", "-f", file(text));
  }

  /** The errors of a file that is invalid, without its name. */
  private List<String> errors(String text) throws IOException {
    var run = validate(text);
    assertThat(run.code()).isEqualTo(1);
    var prefix = folder.resolve("app.yaml").toString();
    assertThat(run.errors()).isNotEmpty().allMatch(error -> error.startsWith(prefix));
    return run.errors().stream().map(error -> error.substring(prefix.length())).toList();
  }

  @Test
  void acceptsTheExample() {
    var run = run("validate", "-f", "../examples/votingapp.yaml");
    assertThat(run.errors()).isEmpty();
    assertThat(run.out()).isEqualToIgnoringNewLines("votingapp/voting is valid");
    assertThat(run.code()).isZero();
  }

  @Test
  void tellsAllErrorsAtOnceWithTheirFields() throws IOException {
    assertThat(
            errors(
                app(
                    "name: Voting, label: x, namespace: here",
                    "api: {replicas: 500, imag: x}, redis: {image: a b}")))
        .satisfiesExactlyInAnyOrder(
            error -> assertThat(error).startsWith(": metadata.name: Invalid value: \"Voting\""),
            error -> assertThat(error).startsWith(": metadata.label: unknown field"),
            error -> assertThat(error).startsWith(": metadata.namespace: Forbidden"),
            error -> assertThat(error).startsWith(": spec.api.imag: unknown field"),
            error -> assertThat(error).startsWith(": spec.api.replicas: Invalid value: 500"),
            error -> assertThat(error).startsWith(": spec.redis.image: Invalid value: \"a b\""),
            error -> assertThat(error).startsWith(": some validation rules were not checked"));
  }

  @Test
  void runsTheRules() throws IOException {
    assertThat(errors(app("name: a", "api: {autoscaling: {minReplicas: 5, maxReplicas: 2}}")))
        .singleElement()
        .asString()
        .startsWith(": spec.api.autoscaling.minReplicas: Invalid value")
        .contains("must not be greater than maxReplicas");
    assertThat(errors(app("name: " + "a".repeat(55), "")))
        .singleElement()
        .asString()
        .startsWith(": metadata.name must be no more than 54 characters");
  }

  @Test
  void takesEveryImageByDigest() throws IOException {
    var digest = "@sha256:" + "0123456789abcdef".repeat(4);
    var images = new StringBuilder();
    for (var component : List.of("api", "consumer", "frontend", "postgres", "redis")) {
      images.append(
          "%s: {image: 'registry.example.com:5000/%1$s:15%s'}, ".formatted(component, digest));
    }
    var file = file(app("name: a", images.toString()));
    assertThat(run("validate", "-f", file).errors()).isEmpty();
    assertThat(run("render", "-f", file).out().lines())
        .filteredOn(line -> line.strip().startsWith("image: "))
        .isNotEmpty()
        .allMatch(line -> line.endsWith(digest + "\""));
    assertThat(errors(app("name: a", "api: {image: 'voting-api@sha256:12'}")))
        .first()
        .asString()
        .startsWith(": spec.api.image: Invalid value");
  }

  @Test
  void refusesAnotherKind() throws IOException {
    assertThat(errors("apiVersion: v1\nkind: votingapp\nspec: {unknown: 1}\n"))
        .containsExactly(
            ": apiVersion: Invalid value: \"v1\": must be voting.dev/v1alpha1",
            ": kind: Invalid value: \"votingapp\": must be VotingApp");
    assertThat(errors("a: 1\n"))
        .containsExactly(
            ": apiVersion: Required value: must be voting.dev/v1alpha1",
            ": kind: Required value: must be VotingApp");
  }

  @Test
  void needsANameAndStringLabels() throws IOException {
    assertThat(errors("apiVersion: voting.dev/v1alpha1\nkind: VotingApp\n"))
        .containsExactly(": metadata.name: Required value: every VotingApp needs a name");
    assertThat(errors(app("name: a, labels: {tier: 1}", "")))
        .containsExactly(
            ": metadata.labels.tier: Invalid value: 1: must be a string: put it in quotes");
  }

  @Test
  void judgesEveryDocument() throws IOException {
    var run =
        validate(
            String.join(
                "---\n",
                app("name: a", ""),
                "",
                app("name: b", "api: {replicas: -1}"),
                "- 1\n",
                app("name: a", "")));
    var prefix = folder.resolve("app.yaml") + ": document ";
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEqualToIgnoringNewLines("votingapp/a is valid");
    assertThat(run.errors())
        .anyMatch(error -> error.startsWith(prefix + "3: spec.api.replicas"))
        .contains(
            prefix + "4: must be an object with apiVersion, kind, metadata and spec",
            prefix + "5: metadata.name: a is already the name of document 1");
  }

  @Test
  void tellsWhereYamlIsBroken() throws IOException {
    assertThat(errors("a: 1\nb: [\n"))
        .singleElement()
        .asString()
        .matches(":[23]: not YAML: .*expected the node content.*");
    assertThat(errors("a: 1\na: 2\n"))
        .singleElement()
        .asString()
        .startsWith(":2: not YAML: ")
        .contains("Duplicate field 'a'");
    assertThat(errors("\n---\n")).containsExactly(": contains no VotingApp");
  }

  @Test
  void reportsWrongUse() {
    var nothing = folder.resolve("nothing.yaml").toString();
    for (var command : List.of("validate", "render", "diff")) {
      var missing = run(command, "-f", nothing);
      assertThat(missing.code()).isEqualTo(2);
      assertThat(missing.errors()).first().isEqualTo(nothing + " does not exist");
      assertThat(run(command).code()).isEqualTo(2);
    }
    assertThat(run().code()).isEqualTo(2);
    assertThat(run("operator", "--health-port", "70000").errors())
        .first()
        .isEqualTo("--health-port must be from 0 to 65535, not 70000");
  }

  @Test
  void everyCommandHasHelp() {
    for (var command : Main.commandLine().getSubcommands().keySet()) {
      var help = run(command, "--help");
      assertThat(help.code()).isZero();
      assertThat(help.out()).contains("Usage: votingapp-operator " + command, "Exit codes:");
    }
  }

  @Test
  void rendersNothingOfAnInvalidFile() throws IOException {
    var file = file(app("name: a", "api: {replicas: 500}"));
    var run = run("render", "-f", file);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.errors()).isEqualTo(run("validate", "-f", file).errors());
  }

  @Test
  void rendersTheSameEachTime() {
    var run = run("render", "-f", "../examples/votingapp.yaml");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("kind: \"StatefulSet\"", "namespace: \"voting-data\"")
        .isEqualTo(run("render", "-f", "../examples/votingapp.yaml").out());
  }
}
