package dev.voting.api.poll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The definition to start with, so that a new service takes votes before Redis or PostgreSQL knows
 * of a poll. Once any definition is known, the file is not read again.
 */
public final class PollFile implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(PollFile.class);

  private final Path file;
  private final CurrentPoll current;
  private final Thread thread;
  private volatile boolean closing;
  private String problem = "";

  public PollFile(Path file, CurrentPoll current) {
    this.file = file;
    this.current = current;
    this.thread = Thread.ofVirtual().name("poll-file").unstarted(this::run);
  }

  /** Reads it now, and until a definition is known. */
  public void start() {
    read();
    thread.start();
  }

  private void run() {
    while (!closing && current.get().isEmpty()) {
      LockSupport.parkNanos(PAUSE.toNanos());
      read();
    }
  }

  private void read() {
    if (current.get().isPresent()) {
      return;
    }
    try {
      current.offer(DeclaredPoll.undeclared(Files.readString(file)));
    } catch (IOException e) {
      report("it cannot be read");
    } catch (IllegalArgumentException e) {
      report(e.getMessage());
    }
  }

  private void report(String found) {
    if (!problem.equals(found)) {
      log.warn("the file of the poll is of no use yet: {}", found);
      problem = found;
    }
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
  }
}
