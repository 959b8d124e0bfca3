package dev.voting.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final JsonLines lines = new JsonLines(written);

  @Test
  void anEventIsAnObject() throws Exception {
    lines.println("2026-01-02T03:04:05.678Z INFO Leadership - \"a\" leads");
    lines.flush();

    var json = new ObjectMapper().readTree(text());
    assertThat(text()).hasLineCount(1).endsWith("\n");
    assertThat(json.get("time").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(json.get("level").asText()).isEqualTo("INFO");
    assertThat(json.get("logger").asText()).isEqualTo("Leadership");
    assertThat(json.get("message").asText()).isEqualTo("\"a\" leads");
    assertThat(json.has("stack")).isFalse();
  }

  @Test
  void aStackTraceStaysWithItsEvent() throws Exception {
    lines.println("2026-01-02T03:04:05.678Z ERROR Events - broken");
    new IllegalStateException("why").printStackTrace(lines);
    lines.flush();

    assertThat(text()).hasLineCount(1);
    var json = new ObjectMapper().readTree(text());
    assertThat(json.get("message").asText()).isEqualTo("broken");
    assertThat(json.get("stack").asText())
        .startsWith("java.lang.IllegalStateException: why")
        .contains("\n\tat ");
  }

  @Test
  void whatIsNoEventIsAMessage() {
    lines.println("SLF4J: hello");
    lines.flush();

    assertThat(text()).isEqualTo("{\"message\":\"SLF4J: hello\"}\n");
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
