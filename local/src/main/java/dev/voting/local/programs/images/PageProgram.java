package dev.voting.local.programs.images;

import dev.voting.local.page.PageServer;
import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** The web page's server, in the place of nginx; it needs no process of its own. */
final class PageProgram implements Program {
  private static final String FILES = "/usr/share/nginx/html";
  private static final int PORT = 8080;

  private final Vertx vertx;

  PageProgram(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    int port = launch.ports().getOrDefault(PORT, PORT);
    return new Served(new PageServer(vertx, port, name -> launch.mounts().resolve(FILES + name)));
  }

  /** The server as a program that runs until it is terminated. */
  private static final class Served implements Running {
    private final PageServer server;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    Served(PageServer server) {
      this.server = server;
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
      server.close();
      exit.complete(0);
    }

    @Override
    public void kill() {
      terminate();
    }

    @Override
    public boolean answers(Duration timeout) {
      return !exit.isDone();
    }
  }
}
