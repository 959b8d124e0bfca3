package dev.voting.local.programs.redis;

import dev.voting.local.programs.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The CAs that the local node trusts for a Redis that it runs: that of the server's current
 * certificate, and that of the next one. A pod does not need them, as it uses a socket, whose path
 * would be too long here.
 *
 * @param mounted the CA of the newest certificate
 * @param file all of them, also for the server's sidecar
 */
record RedisTrust(Path mounted, Path file) {

  /** Empty if the server does not use TLS. */
  static Optional<RedisTrust> of(Launch launch, RedisUsers users) {
    return launch
        .certificate()
        .map(folder -> new RedisTrust(folder.resolve("ca.crt"), users.run().resolve("ca.crt")));
  }

  /** The server starts, with the newest certificate. */
  void begin() throws IOException {
    write(Files.readString(mounted));
  }

  /** The server will load the newest certificate, and still has another one. */
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
