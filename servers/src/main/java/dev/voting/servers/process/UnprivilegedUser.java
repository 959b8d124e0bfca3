package dev.voting.servers.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Another user to run a program as, for programs that refuse to run as root. Exists only where this
 * process runs as root; elsewhere a program simply runs as oneself.
 */
public final class UnprivilegedUser {
  private final String name;
  private final int uid;
  private final int gid;

  private UnprivilegedUser(String name, int uid, int gid) {
    this.name = name;
    this.uid = uid;
    this.gid = gid;
  }

  /**
   * The first of these users that exists, if this process runs as root.
   *
   * @throws IOException when root has none of them
   */
  public static Optional<UnprivilegedUser> ifRoot(String... names) throws IOException {
    if (id("-u").orElse(-1) != 0) {
      return Optional.empty();
    }
    for (String name : names) {
      Optional<Integer> uid = id("-u", name);
      Optional<Integer> gid = id("-g", name);
      if (uid.isPresent() && gid.isPresent()) {
        return Optional.of(new UnprivilegedUser(name, uid.get(), gid.get()));
      }
    }
    throw new IOException(
        "PostgreSQL does not run as root, and there is no user named "
            + String.join(" or ", names)
            + " to run it as: run as another user");
  }

  private static Optional<Integer> id(String... arguments) {
    return Commands.output(Commands.prefixed(List.of("id"), List.of(arguments)))
        .map(number -> Integer.valueOf(number.strip()));
  }

  public String name() {
    return name;
  }

  /** The command, run as this user in place of the tool that switches to it. */
  public List<String> command(List<String> command) throws IOException {
    Optional<Path> setpriv = Commands.find("setpriv");
    if (setpriv.isPresent()) {
      return Commands.prefixed(
          List.of(setpriv.get().toString(), "--reuid=" + uid, "--regid=" + gid, "--clear-groups"),
          command);
    }
    Optional<Path> chroot = Commands.find("chroot");
    if (chroot.isPresent()) {
      return Commands.prefixed(
          List.of(chroot.get().toString(), "--userspec=" + uid + ":" + gid, "/"), command);
    }
    throw new IOException(
        "PostgreSQL does not run as root, and neither setpriv nor chroot is there to run it as "
            + name()
            + ": install util-linux, or run as another user");
  }

  /** Gives a folder and all in it to this user. */
  public void own(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            return take(path);
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            return take(path);
          }
        });
  }

  private FileVisitResult take(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    return FileVisitResult.CONTINUE;
  }

  /** The first folder above a path that this user cannot enter, if there is one. */
  public Optional<Path> barrier(Path path) throws IOException {
    for (Path folder :
        Stream.iterate(path.toRealPath().getParent(), f -> f != null, Path::getParent)
            .toList()
            .reversed()) {
      if (!mayEnter(folder)) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private boolean mayEnter(Path folder) throws IOException {
    var permissions = Files.getPosixFilePermissions(folder);
    boolean owns = Files.getAttribute(folder, "unix:uid").equals(uid);
    boolean shares = Files.getAttribute(folder, "unix:gid").equals(gid);
    return permissions.contains(
        owns
            ? PosixFilePermission.OWNER_EXECUTE
            : shares ? PosixFilePermission.GROUP_EXECUTE : PosixFilePermission.OTHERS_EXECUTE);
  }
}
