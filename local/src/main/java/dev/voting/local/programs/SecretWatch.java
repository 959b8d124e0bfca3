package dev.voting.local.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A program inside of this process that acts on each change of a mounted Secret. */
public final class SecretWatch implements Running {
  private static final Duration PERIOD = Duration.ofMillis(200);

  private final Predicate<Duration> probe;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final Thread thread;

  /** What is watched. */
  @FunctionalInterface
  public interface Wanted {
    Map<String, String> read() throws IOException;

    /** All keys of a mounted Secret. */
    static Wanted secret(Path folder) {
      return () -> Secrets.all(folder);
    }
  }

  /** What to do with the Secret; a failure is retried. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  private SecretWatch(
      Launch launch, Wanted secret, String done, Action action, Predicate<Duration> probe) {
    this.probe = probe;
    this.thread =
        Thread.ofVirtual().name(launch.name()).unstarted(() -> watch(launch, secret, done, action));
  }

  public static SecretWatch start(Launch launch, Wanted secret, String done, Action action) {
    return start(launch, secret, done, action, _ -> true);
  }

  /**
   * Starts to watch.
   *
   * @param probe in place of the container's probe, with its time-out
   */
  public static SecretWatch start(
      Launch launch, Wanted secret, String done, Action action, Predicate<Duration> probe) {
    SecretWatch watch = new SecretWatch(launch, secret, done, action, probe);
    watch.thread.start();
    return watch;
  }

  private void watch(Launch launch, Wanted secret, String done, Action action) {
    Map<String, String> applied = Map.of();
    String logged = "";
    try {
      while (true) {
        Map<String, String> wanted = secret.read();
        if (!wanted.equals(applied)) {
          String result = result(action, done);
          if (result.equals(done)) {
            applied = wanted;
          }
          if (result.equals(done) || !result.equals(logged)) {
            Files.writeString(launch.log(), result + "\n", StandardOpenOption.APPEND);
          }
          logged = result;
        }
        Thread.sleep(PERIOD);
      }
    } catch (InterruptedException e) {
      exit.complete(0);
    } catch (IOException | UncheckedIOException e) {
      // Its files are deleted, as its pod is; otherwise it is restarted.
      exit.complete(1);
    }
  }

  private static String result(Action action, String done) throws InterruptedException {
    try {
      action.run();
      return done;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public OptionalLong pid() {
    return OptionalLong.empty();
  }

  @Override
  public CompletableFuture<Integer> exit() {
    return exit;
  }

  @Override
  public void terminate() {
    thread.interrupt();
  }

  @Override
  public void kill() {
    thread.interrupt();
  }

  @Override
  public boolean answers(Duration timeout) {
    return thread.isAlive() && probe.test(timeout);
  }
}
