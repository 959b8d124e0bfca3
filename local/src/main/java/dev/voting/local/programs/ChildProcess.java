package dev.voting.local.programs;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** A child process as a running program. */
public final class ChildProcess implements Running {
  private final Process process;

  public ChildProcess(Process process) {
    this.process = process;
  }

  @Override
  public OptionalLong pid() {
    return OptionalLong.of(process.pid());
  }

  @Override
  public CompletableFuture<Integer> exit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  @Override
  public void terminate() {
    process.destroy();
  }

  @Override
  public void kill() {
    process.destroyForcibly();
  }

  @Override
  public boolean answers(Duration timeout) {
    return process.isAlive();
  }
}
