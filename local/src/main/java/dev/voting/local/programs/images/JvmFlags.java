package dev.voting.local.programs.images;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Flags that keep the runtimes' JVMs small and quick to start. */
final class JvmFlags {
  private JvmFlags() {}

  /**
   * @param memoryLimit of the container, in bytes: the JVM sizes itself as if the machine had no
   *     more
   */
  static List<String> forContainer(OptionalLong memoryLimit) {
    List<String> flags =
        new ArrayList<>(
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxRAMPercentage=40"));
    memoryLimit.ifPresent(bytes -> flags.add("-XX:MaxRAM=" + bytes));
    return flags;
  }

  /**
   * The AOT cache with which a runtime starts sooner, if its build has created one. A JVM that it
   * does not fit ignores it silently.
   *
   * @param app the directory with the runtime's jars
   */
  static List<String> cache(Path app) {
    Path cache = app.resolveSibling(app.getFileName() + ".aot");
    return Files.isRegularFile(cache)
        ? List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:cds*=off")
        : List.of();
  }
}
