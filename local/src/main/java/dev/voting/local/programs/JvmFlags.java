package dev.voting.local.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** How the runtimes' JVMs are kept small and quick to start on a person's own machine. */
final class JvmFlags {
  private JvmFlags() {}

  /**
   * @param memoryLimit what the container may use, in bytes: the JVM sizes itself as if the machine
   *     had no more
   */
  static List<String> forContainer(OptionalLong memoryLimit) {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:MaxRAMPercentage=40"));
    memoryLimit.ifPresent(bytes -> flags.add("-XX:MaxRAM=" + bytes));
    return flags;
  }
}
