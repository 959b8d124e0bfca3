package dev.voting.servers.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server running as a child process, together with all the processes that it starts itself. It is
 * never left behind by {@link #kill}, and it does not see the terminal's Ctrl-C: its owner ends it.
 */
public final class ServerProcess {
  private static final Duration END_OF_KILLED = Duration.ofSeconds(10);

  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts a program.
   *
   * @param command program and arguments
   * @param workingDirectory where it runs
   * @param log file that its output is appended to
   * @param input what it reads from its standard input
   */
  public static ServerProcess start(
      List<String> command, Path workingDirectory, Path log, String input) {
    ProcessBuilder builder = new ProcessBuilder(Commands.inOwnSession(command));
    builder.directory(workingDirectory.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException endedAlready) {
        // The code that waits for readiness sees the exit and shows the log.
      }
      return new ServerProcess(process);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.getFirst(), e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The main process, to measure its resources. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Completes with the exit code when the main process ends, for whatever reason. */
  public CompletableFuture<Integer> onExit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /**
   * Stops all its processes where they are (SIGSTOP): connections stay open and nothing answers.
   */
  public void pause() {
    Commands.signal("STOP", everyone().toList());
  }

  /** Continues paused processes (SIGCONT). */
  public void resume() {
    Commands.signal("CONT", everyone().toList());
  }

  /** Ends all its processes at once, as {@code kill -9} does, and waits until they have ended. */
  public void kill() {
    List<ProcessHandle> all = everyone().toList();
    all.forEach(ProcessHandle::destroyForcibly);
    CompletableFuture<?>[] ends =
        all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(ends).orTimeout(END_OF_KILLED.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /**
   * Shuts the main process down and kills the rest after a time-out.
   *
   * @param signal the name of its shutdown signal, such as {@code TERM} or {@code INT}
   * @param timeout how long it may take
   */
  public void stop(String signal, Duration timeout) {
    if (!process.isAlive()) {
      return;
    }
    resume();
    Commands.signal(signal, List.of(process.toHandle()));
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }

  private Stream<ProcessHandle> everyone() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants());
  }
}
