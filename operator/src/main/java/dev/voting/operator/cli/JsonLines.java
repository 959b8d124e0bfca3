package dev.voting.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.regex.Pattern;

/**
 * Turns what the logger prints into one JSON object a line: the logger prints an event's line, then
 * the lines of its stack trace, and then flushes. What others write is passed on as it is.
 */
final class JsonLines extends PrintStream {

  private static final Pattern EVENT =
      Pattern.compile("(\\d{4}-\\S+) (TRACE|DEBUG|INFO|WARN|ERROR) (\\S+) - (.*)", Pattern.DOTALL);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final StringBuilder pending = new StringBuilder();

  JsonLines(OutputStream target) {
    super(target, true, StandardCharsets.UTF_8);
  }

  @Override
  public void println(String line) {
    synchronized (pending) {
      if (!pending.isEmpty()) {
        pending.append('\n');
      }
      pending.append(line);
    }
  }

  @Override
  public void println(Object line) {
    println(String.valueOf(line));
  }

  @Override
  public void flush() {
    synchronized (pending) {
      if (!pending.isEmpty()) {
        var line = (json(pending.toString()) + "\n").getBytes(StandardCharsets.UTF_8);
        pending.setLength(0);
        write(line, 0, line.length);
      }
    }
    super.flush();
  }

  private static String json(String text) {
    var fields = new LinkedHashMap<String, String>();
    var event = EVENT.matcher(text);
    if (event.matches()) {
      fields.put("time", event.group(1));
      fields.put("level", event.group(2));
      fields.put("logger", event.group(3));
      var message = event.group(4);
      var end = message.indexOf("\n");
      fields.put("message", end < 0 ? message : message.substring(0, end));
      if (end >= 0) {
        fields.put("stack", message.substring(end + 1));
      }
    } else {
      fields.put("message", text);
    }
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings always have a JSON form", e);
    }
  }
}
