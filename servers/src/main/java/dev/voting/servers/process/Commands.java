package dev.voting.servers.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The few tools of the operating system that servers are started and signalled with. */
public final class Commands {
  private Commands() {}

  /** Finds a program on {@code PATH}. */
  public static Optional<Path> find(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What a program prints, its errors included, or nothing when it cannot be run or fails. */
  public static Optional<String> output(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes());
      return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * The command, run away from the terminal's process group: Ctrl-C there reaches only the owner,
   * who stops its servers in the right order.
   */
  static List<String> inOwnSession(List<String> command) {
    return find("setsid")
        .map(setsid -> prefixed(List.of(setsid.toString()), command))
        .orElse(command);
  }

  /** Sends a signal by its name, such as {@code STOP}; ended processes are no error. */
  static void signal(String name, List<ProcessHandle> processes) {
    String pids =
        processes.stream().map(p -> Long.toString(p.pid())).collect(Collectors.joining(" "));
    try {
      // The shell's own kill: not every system has the program.
      new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pids)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot send SIG" + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One command in front of another. */
  public static List<String> prefixed(List<String> prefix, List<String> command) {
    List<String> both = new ArrayList<>(prefix);
    both.addAll(command);
    return List.copyOf(both);
  }
}
