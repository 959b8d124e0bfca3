package dev.voting.servers.kubernetes.http;

import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import io.fabric8.mockwebserver.http.MockResponse;
import java.util.function.Consumer;

/**
 * An answer that goes on, or breaks off. fabric8's own server, which knows whole answers only, says
 * 501 instead.
 */
public final class StreamedResponse extends MockResponse {

  private final Consumer<Output> body;

  /**
   * @param body begins to write the body when the answer is to begin; may return before its end
   */
  public StreamedResponse(Consumer<Output> body) {
    this.body = body;
    ApiException unable =
        ApiException.of(
            501, "NotImplemented", "MockWebServer streams nothing: use StreamingMockWebServer");
    setResponseCode(unable.code());
    setHeader("Content-Type", "application/json");
    setBody(Json.bytes(unable.status()));
  }

  /** Writes the answer. */
  public void writeTo(Output output) {
    body.accept(output);
  }
}
