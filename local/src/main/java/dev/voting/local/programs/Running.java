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

  /** Terminates it gracefully (SIGTERM, or the stop signal of its image). */
  void terminate();

  /** Kills it (SIGKILL). */
  void kill();

  /** Whether it answers: in place of an exec probe, whose command exists only in the image. */
  boolean answers(Duration timeout);
}
