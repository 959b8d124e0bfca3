package dev.voting.local.programs.postgres;

import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Prevents a start on data of another major version: what version.sh does in a pod. */
public final class PostgresVersion implements Program {
  private final int server;

  public PostgresVersion(int server) {
    this.server = server;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    Path file = Path.of(launch.env().getOrDefault("PGDATA", "")).resolve("PG_VERSION");
    String data = Files.exists(file) ? Files.readString(file).strip() : "";
    boolean readable = data.isEmpty() || data.equals(Integer.toString(server));
    Files.writeString(
        launch.terminationLog(),
        "PostgreSQL %d, %s%s\n"
            .formatted(
                server,
                data.isEmpty() ? "no data" : "data of " + data,
                readable ? "" : ": it cannot read them"));
    return new Ended(readable ? 0 : 1);
  }

  /** A program that has ended already. */
  private record Ended(int code) implements Running {
    @Override
    public OptionalLong pid() {
      return OptionalLong.empty();
    }

    @Override
    public CompletableFuture<Integer> exit() {
      return CompletableFuture.completedFuture(code);
    }

    @Override
    public void terminate() {}

    @Override
    public void kill() {}

    @Override
    public boolean answers(Duration timeout) {
      return false;
    }
  }
}
