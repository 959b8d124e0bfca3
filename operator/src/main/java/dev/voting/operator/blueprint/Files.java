package dev.voting.operator.blueprint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Files of the operator's jar, such as a config template or the page. */
public final class Files {
  private Files() {}

  /**
   * Reads a file.
   *
   * @param path from the jar's root, with a slash in front
   */
  public static String read(String path) {
    try (var file = Files.class.getResourceAsStream(path)) {
      if (file == null) {
        throw new IllegalStateException("the operator's jar lacks " + path);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be read", e);
    }
  }

  /** Reads a template, and puts the values in the places of <code>${key}</code>. */
  public static String render(String path, Map<String, String> values) {
    var text = read(path);
    for (var value : values.entrySet()) {
      text = text.replace("${" + value.getKey() + "}", value.getValue());
    }
    return text;
  }
}
