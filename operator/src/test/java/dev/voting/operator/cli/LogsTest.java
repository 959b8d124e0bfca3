package dev.voting.operator.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Each in a JVM of its own, as the first logger decides for all. */
class LogsTest {
  /** Logs a line, and one with a stack trace. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      Logs.text();
      Logs.configure(Logs.Level.valueOf(arguments[0]), Logs.Format.valueOf(arguments[1]));
      var log = LoggerFactory.getLogger(Program.class);
      log.info("\"a\" leads");
      log.error("broken", new IllegalStateException("why"));
    }
  }

  @Test
  void jsonIsAnObjectALineWithTheStackTraceInOneField() throws Exception {
    var lines = run("INFO", "JSON");

    assertThat(lines).hasSize(2);
    var info = json(lines.getFirst());
    assertThat(info.get("level").asText()).isEqualTo("INFO");
    assertThat(info.get("loggerName").asText()).isEqualTo(Program.class.getName());
    assertThat(info.get("formattedMessage").asText()).isEqualTo("\"a\" leads");
    assertThat(info.get("timestamp").isIntegralNumber()).isTrue();
    assertThat(info.get("throwable").isNull()).isTrue();
    var error = json(lines.getLast());
    assertThat(error.get("formattedMessage").asText()).isEqualTo("broken");
    assertThat(error.at("/throwable/message").asText()).isEqualTo("why");
    assertThat(error.at("/throwable/stepArray")).isNotEmpty();
  }

  @Test
  void textIsForPeople() throws Exception {
    assertThat(run("INFO", "TEXT"))
        .first()
        .asString()
        .matches("\\d{4}-\\S+ INFO LogsTest.Program - \"a\" leads");
  }

  @Test
  void theLevelIsThatOfBoth() throws Exception {
    assertThat(run("ERROR", "JSON")).hasSize(1).first().asString().contains("broken");
    assertThat(run("OFF", "JSON")).isEmpty();
    assertThat(run("OFF", "TEXT")).isEmpty();
  }

  private static JsonNode json(String line) throws IOException {
    return new ObjectMapper().readTree(line);
  }

  private static List<String> run(String... arguments) throws IOException, InterruptedException {
    var command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                arguments[0],
                arguments[1])
            .redirectErrorStream(true);
    command.environment().remove("JDK_JAVA_OPTIONS");
    var process = command.start();
    var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed.lines().toList();
  }
}
