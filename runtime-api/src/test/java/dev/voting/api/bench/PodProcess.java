package dev.voting.api.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The service as in its pod: 512 MiB and half a processor by control groups where this machine lets
 * us make some, and the operator's options of the JVM. What else runs here takes nothing of that
 * half. Elsewhere the memory is only what the JVM is given, and the processor is not bounded;
 * {@link #limits} says which.
 */
final class PodProcess implements AutoCloseable {
  private static final long MEMORY = 512L * 1024 * 1024;
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms24m",
          "-XX:MaxRAMPercentage=50",
          "-XX:MinHeapFreeRatio=20",
          "-XX:MaxHeapFreeRatio=40",
          "-XX:-ShrinkHeapInSteps",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError");

  private final List<Path> groups = new ArrayList<>();
  private final Process process;
  private final String limits;

  /**
   * Starts it.
   *
   * @param app the folder of its jars
   */
  PodProcess(Path app, Map<String, String> environment) throws IOException {
    boolean bounded = makeGroups();
    this.limits =
        bounded
            ? "512Mi and 500m by control groups"
            : "512Mi as given to the JVM, the processor unbounded: no control groups here";
    StringBuilder command = new StringBuilder();
    for (Path group : groups) {
      command.append("echo $$ > ").append(group.resolve("cgroup.procs")).append(" && ");
    }
    command.append("exec '").append(Path.of(System.getProperty("java.home"), "bin", "java"));
    command.append("' ").append(String.join(" ", OPTIONS));
    if (!bounded) {
      command.append(" -XX:MaxRAM=").append(MEMORY);
    }
    Path cache = app.resolveSibling(app.getFileName() + ".aot").toAbsolutePath();
    if (Files.exists(cache)) {
      command.append(" -XX:AOTCache='").append(cache).append("'");
    }
    command.append(" ").append(System.getProperty("bench.jvm", ""));
    command.append(" -cp '").append(app.toAbsolutePath()).append("/*' dev.voting.api.Main");
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", command.toString());
    builder.environment().putAll(environment);
    builder.environment().put("LOG_LEVEL", "error");
    builder.inheritIO();
    this.process = builder.start();
  }

  private boolean makeGroups() {
    String name = "voting-bench-" + ProcessHandle.current().pid();
    try {
      if (Files.exists(GROUPS.resolve("cgroup.controllers"))) {
        Path group = Files.createDirectory(GROUPS.resolve(name));
        groups.add(group);
        Files.writeString(group.resolve("memory.max"), Long.toString(MEMORY));
        Files.writeString(group.resolve("cpu.max"), "50000 100000");
        Files.writeString(group.resolve("cpu.weight"), "10000");
      } else {
        Path memory = Files.createDirectory(GROUPS.resolve("memory").resolve(name));
        groups.add(memory);
        Files.writeString(memory.resolve("memory.limit_in_bytes"), Long.toString(MEMORY));
        Path cpu = Files.createDirectory(GROUPS.resolve("cpu").resolve(name));
        groups.add(cpu);
        Files.writeString(cpu.resolve("cpu.cfs_period_us"), "100000");
        Files.writeString(cpu.resolve("cpu.cfs_quota_us"), "50000");
        Files.writeString(cpu.resolve("cpu.shares"), "262144");
      }
      return true;
    } catch (IOException e) {
      removeGroups();
      return false;
    }
  }

  private void removeGroups() {
    groups.forEach(group -> group.toFile().delete());
    groups.clear();
  }

  String limits() {
    return limits;
  }

  boolean alive() {
    return process.isAlive();
  }

  Process process() {
    return process;
  }

  /** What of the container's memory is in use, the kernel's share included; or what is resident. */
  String memory() throws IOException {
    for (Path group : groups) {
      for (String file : List.of("memory.current", "memory.usage_in_bytes")) {
        if (Files.exists(group.resolve(file))) {
          long used = Long.parseLong(Files.readString(group.resolve(file)).strip());
          return String.format(
              Locale.ROOT,
              "%d MiB of 512 in use, %d MiB resident",
              used >> 20,
              process.isAlive() ? Resident.mebibytes(process) : 0);
        }
      }
    }
    return (process.isAlive() ? Resident.mebibytes(process) : 0) + " MiB resident";
  }

  /** The processor time that it has had so far. */
  double processorSeconds() {
    return process.toHandle().info().totalCpuDuration().map(d -> d.toMillis() / 1e3).orElse(0.0);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    removeGroups();
  }
}
