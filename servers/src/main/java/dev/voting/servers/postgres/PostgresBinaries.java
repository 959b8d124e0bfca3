package dev.voting.servers.postgres;

import dev.voting.servers.process.BinaryCache;
import dev.voting.servers.process.ServerException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs for this machine.
 *
 * @param home the folder that holds {@code bin}, {@code lib} and {@code share}
 */
public record PostgresBinaries(Path home) {

  /**
   * The programs on the class path, unpacked into a cache where they are not yet.
   *
   * @throws ServerException when there are none for this machine or the cache cannot be written
   */
  public static PostgresBinaries unpacked(BinaryCache cache) {
    String archive = "postgres-" + system() + "-" + machine() + ".txz";
    URL resource = PostgresBinaries.class.getClassLoader().getResource(archive);
    if (resource == null) {
      throw new ServerException("there is no PostgreSQL for this machine (" + archive + ")");
    }
    try {
      return new PostgresBinaries(
          cache.unpacked("postgres", resource, PostgresBinaries::unpackArchive));
    } catch (IOException e) {
      throw new ServerException("cannot unpack PostgreSQL", e);
    }
  }

  Path program(String name) {
    return home.resolve("bin").resolve(name);
  }

  private static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "windows" : "linux";
  }

  private static String machine() {
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "arm_64";
      default -> System.getProperty("os.arch");
    };
  }

  private static void unpackArchive(InputStream xz, Path folder) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(xz))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = folder.resolve(entry.getName()).normalize();
        if (!path.startsWith(folder)) {
          throw new IOException("archive entry outside of its folder: " + entry.getName());
        }
        Files.createDirectories(entry.isDirectory() ? path : path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
          Files.copy(tar, path);
          boolean program = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }
}
