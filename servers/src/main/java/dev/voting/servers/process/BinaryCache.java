package dev.voting.servers.process;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The folder that programs out of jars are unpacked to, once per version: {@code $VOTINGAPP_CACHE},
 * else {@code $XDG_CACHE_HOME/votingapp}, else {@code ~/.cache/votingapp}; for root {@code
 * /var/cache/votingapp}, because programs that root runs as another user must be readable for it.
 * Several processes may unpack at once; each sees a whole version or none.
 */
public final class BinaryCache {
  private final Path folder;

  public BinaryCache(Path folder) {
    this.folder = folder;
  }

  /** The cache of this user. */
  public static BinaryCache ofThisUser() {
    return new BinaryCache(
        environment("VOTINGAPP_CACHE").orElseGet(BinaryCache::byConvention).toAbsolutePath());
  }

  private static Path byConvention() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/cache/votingapp");
    }
    return environment("XDG_CACHE_HOME")
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("votingapp");
  }

  private static Optional<Path> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(s -> !s.isBlank()).map(Path::of);
  }

  /** Puts the content of a resource into an empty folder. */
  @FunctionalInterface
  public interface Unpacking {
    void unpack(InputStream resource, Path emptyFolder) throws IOException;
  }

  /**
   * The folder with an unpacked resource; unpacks it if no one has yet.
   *
   * @param name what the folder's name starts with; a hash of the resource follows
   * @param resource the packed program
   * @throws IOException when it cannot be read or the cache cannot be written
   */
  public Path unpacked(String name, URL resource, Unpacking unpacking) throws IOException {
    Path home = folder.resolve(name + "-" + hash(resource));
    if (Files.isDirectory(home)) {
      return home;
    }
    Files.createDirectories(folder);
    Path fresh = Files.createTempDirectory(folder, ".unpacking-" + name);
    try {
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
      try (InputStream in = new BufferedInputStream(resource.openStream())) {
        unpacking.unpack(in, fresh);
      }
      Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(home)) {
        throw e;
      }
      // Another process was quicker, with the same content.
    } finally {
      Folders.delete(fresh);
    }
    return home;
  }

  private static String hash(URL resource) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(resource.openStream(), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
