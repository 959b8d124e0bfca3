package dev.voting.api.connections;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.context.Context;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Helidon's HTTP/1.1, the same for all connections. */
final class Http implements ListenerContext {
  private final ServerConnectionSelector http1 =
      Http1ConnectionSelector.builder()
          .config(
              Http1Config.builder()
                  .maxHeadersSize(16 * 1024)
                  .maxPrologueLength(4 * 1024)
                  .sendKeepAliveHeader(false)
                  // All that we send is ours, or was checked when the settings were read.
                  .validateResponseHeaders(false)
                  .build())
          .build();

  private final Context context = Context.create();
  private final MediaContext media = MediaContext.create();
  private final ContentEncodingContext encodings = ContentEncodingContext.create();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Limit unlimited = FixedLimit.create();
  private final ListenerConfig config;
  private final DirectHandlers errors;
  private final Router router;

  /**
   * @param errors answer what is no proper HTTP
   * @param maxBody bytes of a request's body
   */
  Http(HttpRouting.Builder routing, DirectHandlers errors, long maxBody) {
    this.config = ListenerConfig.builder().maxPayloadSize(maxBody).buildPrototype();
    this.errors = errors;
    this.router = Router.builder().addRouting(routing).build();
  }

  void start() {
    router.beforeStart();
  }

  void stop() {
    router.afterStop();
    threads.close();
  }

  Router router() {
    return router;
  }

  /** Reads requests, has them answered, and returns or throws when there are no more. */
  void serve(ConnectionContext connection) throws InterruptedException {
    ServerConnection http = http1.connection(connection);
    http.handle(unlimited);
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public MediaContext mediaContext() {
    return media;
  }

  @Override
  public ContentEncodingContext contentEncodingContext() {
    return encodings;
  }

  @Override
  public DirectHandlers directHandlers() {
    return errors;
  }

  @Override
  public ListenerConfig config() {
    return config;
  }

  @Override
  public ExecutorService executor() {
    return threads;
  }
}
