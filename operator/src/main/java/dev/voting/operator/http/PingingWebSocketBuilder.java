package dev.voting.operator.http;

import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocket.Listener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Passes all on to the JDK's builder, and has what that builds pinged.
 *
 * @param builder the JDK's
 * @param silence how often a WebSocket must show that it lives
 */
record PingingWebSocketBuilder(WebSocket.Builder builder, Duration silence)
    implements WebSocket.Builder {

  @Override
  public WebSocket.Builder header(String name, String value) {
    builder.header(name, value);
    return this;
  }

  @Override
  public WebSocket.Builder connectTimeout(Duration timeout) {
    builder.connectTimeout(timeout);
    return this;
  }

  @Override
  public WebSocket.Builder subprotocols(String preferred, String... others) {
    builder.subprotocols(preferred, others);
    return this;
  }

  @Override
  public CompletableFuture<WebSocket> buildAsync(URI uri, Listener listener) {
    return builder.buildAsync(uri, new PingingListener(listener, silence));
  }
}
