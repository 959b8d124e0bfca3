package dev.voting.local.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * All processes that this one has started. They do not outlive it: a small watchdog ends them if
 * this process is killed, and the next start on the same directory ends those that the watchdog
 * could not.
 */
public final class Children implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Children.class.getName());

  /** Tolerance for the start time of a process: systems derive it from the clock. */
  private static final Duration SAME_START = Duration.ofSeconds(2);

  private final Path register;
  private final Optional<Path> temporary;
  private final Map<Long, String> alive = new TreeMap<>();
  private final List<String> ownSession;
  private Optional<Path> also = Optional.empty();
  private Process watchdog;
  private boolean closed;

  /**
   * @param register the file that lists the processes
   * @param temporary a directory to delete if this process is killed
   */
  public Children(Path register, Optional<Path> temporary) throws IOException {
    this.register = register;
    this.temporary = temporary;
    // Its own session keeps Ctrl-C in the terminal from reaching the children, so that they are
    // stopped in order instead of all at once.
    this.ownSession =
        onPath("setsid").map(program -> List.of(program.toString())).orElse(List.of());
    endLeftOver(register);
    startWatchdog();
  }

  /** Starts a child that ends with this process. */
  public Process start(ProcessBuilder builder, String name) throws IOException {
    builder.command(detached(builder.command()));
    Process process = builder.start();
    adopt(process.toHandle(), name);
    return process;
  }

  /** Watches over a process that someone else has started. */
  public void adopt(ProcessHandle process, String name) {
    add(process, name);
    process.onExit().thenRun(() -> remove(process.pid()));
  }

  /** Deletes one more directory if this process is killed; otherwise its owner deletes it. */
  public synchronized void removeAlso(Path directory) {
    also = Optional.of(directory);
    notifyWatchdog("d " + directory + "\n");
  }

  /** Ends the watchdog; the children must have been stopped before. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyWatchdog("done\n");
    try {
      if (!watchdog.waitFor(2, TimeUnit.SECONDS)) {
        watchdog.destroyForcibly();
      }
      Files.deleteIfExists(register);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot remove " + register, e);
    }
  }

  private List<String> detached(List<String> command) {
    List<String> whole = new ArrayList<>(ownSession);
    whole.addAll(command);
    return whole;
  }

  private synchronized void add(ProcessHandle process, String name) {
    alive.put(process.pid(), started(process) + " " + name);
    save();
    notifyWatchdog("+ " + process.pid() + "\n");
  }

  private synchronized void remove(long pid) {
    alive.remove(pid);
    if (!closed) {
      save();
      notifyWatchdog("- " + pid + "\n");
    }
  }

  private void save() {
    StringBuilder text = new StringBuilder();
    alive.forEach((pid, rest) -> text.append(pid).append(' ').append(rest).append('\n'));
    Path next = register.resolveSibling(register.getFileName() + ".next");
    try {
      Files.writeString(next, text);
      Files.move(next, register, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot write {0}: {1}", register, e.getMessage());
    }
  }

  private synchronized void startWatchdog() throws IOException {
    if (closed) {
      return;
    }
    String script;
    try (InputStream resource = Children.class.getResourceAsStream("watchdog.sh")) {
      script = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
    String directory = temporary.map(Path::toString).orElse("");
    watchdog =
        new ProcessBuilder(detached(List.of("sh", "-c", script, "votingapp-watchdog", directory)))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    alive.keySet().forEach(pid -> notifyWatchdog("+ " + pid + "\n"));
    also.ifPresent(more -> notifyWatchdog("d " + more + "\n"));
    watchdog.onExit().thenRun(this::restartWatchdog);
  }

  private void restartWatchdog() {
    try {
      startWatchdog();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void notifyWatchdog(String line) {
    try {
      OutputStream input = watchdog.getOutputStream();
      input.write(line.getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException e) {
      // It was killed; its successor receives all children.
      LOG.log(System.Logger.Level.DEBUG, "cannot write to the watchdog", e);
    }
  }

  /** Kills the processes that an earlier run left, if they are still the same ones. */
  private static void endLeftOver(Path register) throws IOException {
    if (Files.notExists(register)) {
      return;
    }
    for (String line : Files.readAllLines(register)) {
      String[] parts = line.split(" ", 3);
      if (parts.length < 2) {
        continue;
      }
      ProcessHandle.of(Long.parseLong(parts[0]))
          .filter(process -> sameStart(started(process), Long.parseLong(parts[1])))
          .ifPresent(Children::killAndAwait);
    }
    Files.delete(register);
  }

  private static void killAndAwait(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
  }

  private static boolean sameStart(long one, long other) {
    return Math.abs(one - other) <= SAME_START.toMillis();
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static Optional<Path> onPath(String program) {
    return List.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")).stream()
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
