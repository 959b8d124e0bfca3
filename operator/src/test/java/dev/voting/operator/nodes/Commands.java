package dev.voting.operator.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code kubectl}, as an admin would. */
final class Commands {

  private Commands() {}

  /**
   * Runs kubectl on the cluster of the current context.
   *
   * @return what it printed
   * @throws IllegalStateException if it fails, with what it printed
   */
  static String kubectl(String... arguments) {
    var command = new java.util.ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    try {
      var output = Files.createTempFile("kubectl", ".txt");
      try {
        var process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(Patience.minutes(5).toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new IllegalStateException(command + " has not ended: " + Files.readString(output));
        }
        if (process.exitValue() != 0) {
          throw new IllegalStateException(command + " failed: " + Files.readString(output));
        }
        return Files.readString(output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the suite needs kubectl on the PATH", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
