package dev.voting.local.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir Path directory;

  @Test
  void aKilledParentLeavesNothingBehind() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    Path also = Files.createDirectory(directory.resolve("also, with blanks"));
    Path register = directory.resolve("children");
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName(),
                register.toString(),
                temporary.toString(),
                also.toString())
            .inheritIO()
            .start();
    await()
        .atMost(SOON)
        .until(() -> Files.exists(register) && !Files.readString(register).isEmpty());
    long child = Long.parseLong(Files.readString(register).split(" ")[0]);
    assertThat(ProcessHandle.of(child)).isPresent();

    parent.destroyForcibly().waitFor();

    await().atMost(SOON).until(() -> ProcessHandle.of(child).isEmpty());
    await().atMost(SOON).until(() -> Files.notExists(temporary));
    await().atMost(SOON).until(() -> Files.notExists(also));
  }

  /** Starts a child that would live on, and waits to be killed. */
  static final class Parent {
    public static void main(String[] args) throws Exception {
      Children children = new Children(Path.of(args[0]), Optional.of(Path.of(args[1])));
      children.removeAlso(Path.of(args[2]));
      children.start(new ProcessBuilder("sleep", "300"), "sleeper").waitFor();
    }
  }

  @Test
  void whatTheWatchdogMissedIsEndedByTheNextStart() throws Exception {
    Process leftOver = new ProcessBuilder("sleep", "300").start();
    Process other = new ProcessBuilder("sleep", "300").start();
    try {
      Path register = directory.resolve("children");
      long started = start(leftOver);
      // The second line names a process of now by its number only: it began at another time.
      Files.writeString(
          register,
          "%d %d left\n%d %d reused\n"
              .formatted(leftOver.pid(), started, other.pid(), started - 60_000));
      new Children(register, Optional.empty()).close();
      assertThat(leftOver.waitFor()).isEqualTo(137);
      assertThat(other.isAlive()).isTrue();
    } finally {
      List.of(leftOver, other).forEach(Process::destroyForcibly);
    }
  }

  @Test
  void theWatchdogItselfIsReplaced() throws IOException {
    try (Children children = new Children(directory.resolve("children"), Optional.empty())) {
      ProcessHandle first = watchdog().orElseThrow();
      first.destroyForcibly();
      await()
          .atMost(SOON)
          .until(() -> watchdog().filter(next -> next.pid() != first.pid()).isPresent());
      assertThat(children).isNotNull();
    }
    await().atMost(SOON).until(() -> watchdog().isEmpty());
  }

  private static Optional<ProcessHandle> watchdog() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("votingapp-watchdog"))
        .findFirst();
  }

  private static long start(Process process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElseThrow();
  }
}
