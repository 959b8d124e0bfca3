package dev.voting.servers.process;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A server with a data folder, as a child process that can end and start again with the same data
 * and on the same port.
 *
 * <p>Not thread-safe. The caller must {@link #close} it: it does not end with the JVM.
 */
public abstract class DataServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);

  private final String name;
  private final String stopSignal;
  private final Path data;
  private final Path log;
  private final int port;
  private ServerProcess process;

  /**
   * Prepares a server that does not run yet.
   *
   * @param name its name in messages
   * @param stopSignal the name of its shutdown signal, such as {@code TERM}
   * @param data its data folder, which is created if missing
   * @param log file that its output is appended to; null for the data folder's name and {@code
   *     .log}
   * @param port its TCP port; 0 for any free one
   * @throws ServerException if the data folder cannot be created
   */
  protected DataServer(String name, String stopSignal, Path data, Path log, int port) {
    try {
      this.name = name;
      this.stopSignal = stopSignal;
      this.data = Files.createDirectories(data).toAbsolutePath();
      this.log = log != null ? log.toAbsolutePath() : Path.of(this.data + ".log");
      this.port = port != 0 ? port : FreePort.find();
    } catch (IOException e) {
      throw new ServerException("cannot prepare " + name, e);
    }
  }

  /**
   * Starts its process.
   *
   * @throws IOException when that is not possible
   */
  protected abstract ServerProcess launch() throws IOException;

  /**
   * Whether the current run has its data and accepts connections.
   *
   * @throws IOException when that cannot be known
   */
  protected abstract boolean isReady() throws IOException;

  /**
   * Starts the server and waits until it has its data and accepts connections; also after {@link
   * #stop} or {@link #kill}, on the same port and data.
   *
   * @throws ServerException when it does not, with the end of its log
   */
  public void start() {
    if (isRunning()) {
      return;
    }
    try {
      process = launch();
    } catch (IOException e) {
      throw new ServerException("cannot start " + name, e);
    }
    awaitReady();
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!isReady()) {
        if (!process.isAlive()) {
          throw ServerException.withLog(name + " ended while it started", log);
        }
        if (System.nanoTime() > deadline) {
          process.kill();
          throw ServerException.withLog(name + " is not ready after " + PATIENCE, log);
        }
        Thread.sleep(POLL);
      }
    } catch (IOException e) {
      process.kill();
      throw new ServerException("cannot see whether " + name + " is ready", e);
    } catch (InterruptedException e) {
      process.kill();
      Thread.currentThread().interrupt();
      throw new ServerException("interrupted while " + name + " started");
    }
  }

  /** Shuts it down: all data but unfinished transactions are on disk. */
  public void stop() {
    if (process != null) {
      process.stop(stopSignal, PATIENCE);
    }
  }

  /** Ends it as {@code kill -9} of all its processes does. */
  public void kill() {
    process.kill();
  }

  /** Makes it hang (SIGSTOP): connections stay open and nothing answers. */
  public void pause() {
    process.pause();
  }

  /** Ends {@link #pause}. */
  public void resume() {
    process.resume();
  }

  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Completes with the exit code when the current run of the server ends, for whatever reason. */
  public CompletableFuture<Integer> onExit() {
    return process.onExit();
  }

  /** The main process of the current run. */
  public ProcessHandle handle() {
    return process.handle();
  }

  public int port() {
    return port;
  }

  /** The data folder. */
  public Path data() {
    return data;
  }

  /** The file with the server's log. */
  public Path log() {
    return log;
  }

  /** How to connect, login included. */
  public abstract String url();

  /** A text as a part of {@link #url}. */
  protected static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Ends it like {@link #stop}. */
  @Override
  public void close() {
    stop();
  }
}
