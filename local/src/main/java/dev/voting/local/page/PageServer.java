package dev.voting.local.page;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Serves a {@link Site} on a port of the loopback address. */
public final class PageServer implements AutoCloseable {
  private final HttpServer server;

  /**
   * Listens.
   *
   * @param files where a file of the page is on this machine, by its name with a slash in front
   * @throws IOException when the port is taken
   */
  public PageServer(Vertx vertx, int port, Function<String, Optional<Path>> files)
      throws IOException {
    Map<String, Optional<Site.StaticFile>> loaded = new ConcurrentHashMap<>();
    Site site = new Site(name -> loaded.computeIfAbsent(name, wanted -> read(files.apply(wanted))));
    HttpServer unbound = vertx.createHttpServer().requestHandler(request -> answer(site, request));
    try {
      server = unbound.listen(port, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException("cannot listen on port " + port + ": " + e.getCause().getMessage(), e);
    }
  }

  @Override
  public void close() {
    server
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .completeOnTimeout(null, 5, TimeUnit.SECONDS)
        .join();
  }

  private static Optional<Site.StaticFile> read(Optional<Path> path) {
    try {
      // A volume is a flat directory of its own; what leads out of it is not of the site.
      if (path.isEmpty()
          || !path.get().equals(path.get().normalize())
          || !Files.isRegularFile(path.get())) {
        return Optional.empty();
      }
      return Optional.of(
          new Site.StaticFile(
              Files.readAllBytes(path.get()), Files.getLastModifiedTime(path.get()).toInstant()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static void answer(Site site, HttpServerRequest request) {
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
    PageReply reply =
        site.answer(
            new PageRequest(
                request.method().name(), request.uri(), decoded(request.path()), headers));
    request.response().setStatusCode(reply.status());
    reply.headers().forEach(request.response()::putHeader);
    if (request.method().name().equals("HEAD")) {
      request.response().putHeader("Content-Length", Integer.toString(reply.body().length)).end();
    } else {
      request.response().end(Buffer.buffer(reply.body()));
    }
  }

  private static String decoded(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }
}
