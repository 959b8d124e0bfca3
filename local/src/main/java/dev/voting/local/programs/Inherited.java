package dev.voting.local.programs;

import java.util.Set;

/**
 * What a child may see of the environment that {@code votingapp} was started in: as little as it
 * can run with, because a container would see nothing of it.
 */
final class Inherited {
  static final Set<String> VARIABLES =
      Set.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH");

  private Inherited() {}
}
