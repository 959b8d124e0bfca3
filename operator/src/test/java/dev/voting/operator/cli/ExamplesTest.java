package dev.voting.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** People start from the examples, so each must be one that a cluster takes. */
class ExamplesTest {

  static Stream<Path> examples() throws IOException {
    try (var files = Files.list(Path.of("../examples"))) {
      return files.toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsValidAndRenders(Path example) {
    var errors = new StringWriter();
    var output = new StringWriter();
    var command =
        new CommandLine(new Main()).setErr(new PrintWriter(errors)).setOut(new PrintWriter(output));
    assertThat(command.execute("validate", "-f", example.toString())).as("%s", errors).isZero();
    assertThat(command.execute("render", "-f", example.toString())).as("%s", errors).isZero();
    assertThat(output.toString()).contains("kind: \"StatefulSet\"");
  }
}
