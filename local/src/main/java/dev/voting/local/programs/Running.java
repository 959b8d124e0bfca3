package dev.voting.local.programs;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A started program. */
public interface Running {

  /** Its process, unless it runs inside of this one. */
  OptionalLong pid();

  /** Completed with the exit code when it has ended; 128 + n when signal n ended it. */
  CompletableFuture<Integer> exit();

  /** Asks it to end soon (SIGTERM, or what its image names as its stop signal). */
  void terminate();

  /** Ends it at once (SIGKILL). */
  void kill();

  /** Whether it answers: stands for an exec probe, whose command exists only inside the image. */
  boolean answers(Duration timeout);
}
