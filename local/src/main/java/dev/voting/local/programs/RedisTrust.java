package dev.voting.local.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The CAs by which the local node knows a Redis that it runs: that of the certificate which the
 * server has, and that of the one which it is to take up. A pod needs no such thing, for there the
 * server is reached by a socket, whose path would be too long here.
 *
 * @param mounted the CA of the newest certificate
 * @param file all of them, where the container beside the server finds them too
 */
record RedisTrust(Path mounted, Path file) {

  /** Empty when the server does not speak TLS. */
  static Optional<RedisTrust> of(Launch launch, RedisUsers users) {
    return launch
        .certificate()
        .map(folder -> new RedisTrust(folder.resolve("ca.crt"), users.run().resolve("ca.crt")));
  }

  /** The server starts, with the newest certificate. */
  void begin() throws IOException {
    write(Files.readString(mounted));
  }

  /** The server is to take up the newest certificate, and still has another one. */
  void renew() throws IOException {
    String newest = Files.readString(mounted);
    String known = Files.readString(file);
    if (!known.contains(newest)) {
      write(newest + known);
    }
  }

  private void write(String text) throws IOException {
    Path fresh = Files.writeString(file.resolveSibling("ca.crt.new"), text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
