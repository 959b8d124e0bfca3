package dev.voting.local.programs.postgres;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The owners' passwords at the servers that run here, by port. Within its pod the image's server
 * trusts all local connections, so the password to replace is not needed there; a server on this
 * machine trusts none.
 */
public final class PostgresOwners {
  private final Map<Integer, String> passwords = new ConcurrentHashMap<>();

  void know(int port, String password) {
    passwords.put(port, password);
  }

  Optional<String> password(int port) {
    return Optional.ofNullable(passwords.get(port));
  }
}
