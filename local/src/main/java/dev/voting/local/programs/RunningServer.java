package dev.voting.local.programs;

import dev.voting.servers.process.DataServer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * PostgreSQL or Redis as a running program.
 *
 * @param server the server
 * @param answering whether it answers a client in time
 */
public record RunningServer(DataServer server, Predicate<Duration> answering) implements Running {
  @Override
  public OptionalLong pid() {
    return OptionalLong.of(server.handle().pid());
  }

  @Override
  public CompletableFuture<Integer> exit() {
    return server.onExit();
  }

  @Override
  public void terminate() {
    // For PostgreSQL the fast shutdown, which is its image's stop signal.
    server.stop();
  }

  @Override
  public void kill() {
    server.kill();
  }

  @Override
  public boolean answers(Duration timeout) {
    return answering.test(timeout);
  }
}
