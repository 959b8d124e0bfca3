package dev.voting.local.programs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One start of one container, with its spec already resolved.
 *
 * @param name namespace/pod/container, for messages
 * @param command the container's command, references expanded and mounted paths translated
 * @param args the container's args, likewise
 * @param env the container's environment, complete
 * @param ports the port of 127.0.0.1 for each port inside the container
 * @param mounts the volumes, for the paths inside of files
 * @param memoryLimit the container's memory limit in bytes, if it has one
 * @param scratch an empty directory for this container alone, removed with its pod
 * @param log where the output goes; the file exists
 */
public record Launch(
    String name,
    List<String> command,
    List<String> args,
    Map<String, String> env,
    Map<Integer, Integer> ports,
    Mounts mounts,
    OptionalLong memoryLimit,
    Path scratch,
    Path log) {

  /**
   * Resolves a path of the container on this machine.
   *
   * @throws IOException if no volume is mounted there
   */
  public Path mounted(String path) throws IOException {
    return mounts
        .resolve(path)
        .orElseThrow(() -> new IOException("no volume is mounted at " + path));
  }

  /** The file for the program's termination message, in place of /dev/termination-log. */
  public Path terminationLog() {
    return terminationLog(scratch);
  }

  /**
   * The file with the termination message of a container's program.
   *
   * @param scratch the container's own directory
   */
  public static Path terminationLog(Path scratch) {
    return scratch.resolve("termination-log");
  }

  /** The directory of the server's certificate, key and CA, if it uses TLS. */
  public Optional<Path> certificate() {
    return mounts.resolve("/etc/voting-tls");
  }
}
