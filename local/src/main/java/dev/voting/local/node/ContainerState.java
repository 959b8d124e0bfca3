package dev.voting.local.node;

import java.time.Instant;
import java.util.OptionalLong;

/** The state of a container. */
sealed interface ContainerState {

  /** It is not running yet, or waits for its restart. */
  record Waiting(String reason, String message) implements ContainerState {}

  /** It runs. */
  record Running(Instant startedAt, OptionalLong pid) implements ContainerState {}

  /** It has ended. */
  record Terminated(
      int exitCode, String message, Instant startedAt, Instant finishedAt, OptionalLong pid)
      implements ContainerState {

    String reason() {
      return exitCode == 0 ? "Completed" : "Error";
    }
  }
}
