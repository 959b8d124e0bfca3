package dev.voting.local.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a mounted Secret. */
public final class Secrets {
  private Secrets() {}

  /** A key's value without line ends behind it, as a shell reads it; empty when there is none. */
  public static Optional<String> read(Path secret, String key) {
    try {
      return Optional.of(Files.readString(secret.resolve(key)).replaceFirst("\n+$", ""))
          .filter(value -> !value.isEmpty());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything in it, by key. */
  public static Map<String, String> all(Path secret) throws IOException {
    Map<String, String> values = new TreeMap<>();
    try (Stream<Path> files = Files.list(secret)) {
      files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .map(file -> file.getFileName().toString())
          .forEach(key -> read(secret, key).ifPresent(value -> values.put(key, value)));
    }
    return values;
  }
}
