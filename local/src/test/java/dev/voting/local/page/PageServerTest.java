package dev.voting.local.page;

import dev.voting.servers.process.FreePort;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The local node serves the page as nginx does. */
class PageServerTest extends PageServing {
  @TempDir static Path html;
  private static Vertx vertx;
  private static PageServer server;
  private static String url;

  @BeforeAll
  static void start() throws IOException {
    written(html);
    vertx = Vertx.vertx();
    int port = FreePort.find();
    url = "http://127.0.0.1:" + port;
    server = new PageServer(vertx, port, name -> Optional.of(Path.of(html + name)));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Override
  String url() {
    return url;
  }
}
