package dev.voting.servers.redis;

import dev.voting.servers.process.BinaryCache;
import dev.voting.servers.process.Commands;
import dev.voting.servers.process.ServerException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The redis-server program for this machine.
 *
 * @param program the program
 */
public record RedisBinary(Path program) {
  private static final int WANTED_MAJOR = 7;
  private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.");

  /**
   * A redis-server on {@code PATH} if it is version 7 or later, else the one on the class path,
   * unpacked into a cache where it is not yet.
   *
   * @throws ServerException when there is none for this machine or the cache cannot be written
   */
  public static RedisBinary find(BinaryCache cache) {
    return Commands.find("redis-server")
        .filter(program -> major(program).orElse(0) >= WANTED_MAJOR)
        .map(RedisBinary::new)
        .orElseGet(() -> unpacked(cache));
  }

  /**
   * Checks that the program supports TLS.
   *
   * @throws ServerException if it does not
   */
  void requireTls() {
    // Without a port it ends at once; without TLS it rejects the directive.
    boolean lacksTls =
        Commands.output(
                List.of("sh", "-c", "\"$0\" --port 0 --tls-port 0 2>&1; true", program.toString()))
            .filter(said -> said.contains("Bad directive"))
            .isPresent();
    if (lacksTls) {
      throw new ServerException(
          program
              + " was built without TLS: install redis-server 7 or later with TLS, as most"
              + " distributions have it, or set spec.tls.enabled to false");
    }
  }

  private static Optional<Integer> major(Path program) {
    return Commands.output(List.of(program.toString(), "--version"))
        .map(VERSION::matcher)
        .filter(Matcher::find)
        .map(version -> Integer.valueOf(version.group(1)));
  }

  /** The program on the class path. */
  static RedisBinary unpacked(BinaryCache cache) {
    String name = resourceName();
    URL resource = RedisBinary.class.getClassLoader().getResource(name);
    if (resource == null) {
      throw new ServerException(
          "there is no Redis for this machine (" + name + "): install redis-server 7 or later");
    }
    try {
      Path home =
          cache.unpacked(
              "redis",
              resource,
              (in, folder) -> {
                Path program = folder.resolve("redis-server");
                Files.copy(in, program);
                Files.setPosixFilePermissions(
                    program, PosixFilePermissions.fromString("rwxr-xr-x"));
              });
      return new RedisBinary(home.resolve("redis-server"));
    } catch (IOException e) {
      throw new ServerException("cannot unpack Redis", e);
    }
  }

  private static String resourceName() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    boolean arm = List.of("aarch64", "arm64").contains(System.getProperty("os.arch"));
    if (system.startsWith("mac")) {
      return "redis-server-6.2.6-v5-darwin-" + (arm ? "arm64" : "amd64");
    }
    return arm ? "redis-server-6.2.7-linux-arm64" : "redis-server-6.2.6-v5-linux-amd64";
  }
}
