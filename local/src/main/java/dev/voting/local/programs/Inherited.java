package dev.voting.local.programs;

import java.util.Set;

/**
 * The environment variables of {@code votingapp} that a child inherits: as few as possible, as a
 * container would inherit none.
 */
public final class Inherited {
  public static final Set<String> VARIABLES =
      Set.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH");

  private Inherited() {}
}
