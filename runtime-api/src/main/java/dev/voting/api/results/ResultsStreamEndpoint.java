package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.http.Deadlines;
import dev.voting.api.http.Endpoint;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * {@code GET /api/results/stream}: server-sent events, one for the results as they are and one for
 * each change, of several changes at once only the last. A client that comes back with the id of
 * the last event that it saw gets no event until something has changed.
 */
public final class ResultsStreamEndpoint implements Endpoint {
  private static final Header EVENT_STREAM =
      HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/event-stream");
  private static final Header NO_STORE =
      HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");

  /** nginx would otherwise hold events back until its buffer is full. */
  private static final Header UNBUFFERED =
      HeaderValues.createCached(HeaderNames.create("X-Accel-Buffering"), "no");

  private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");
  private static final byte[] HELLO = "retry: 1000\n\n".getBytes(US_ASCII);
  private static final byte[] HEARTBEAT = ": still here\n\n".getBytes(US_ASCII);

  private final ResultsFeed feed;
  private final Deadlines deadlines;

  /**
   * @param deadlines bounds how long one event may take to be taken; a slower client is cut off
   */
  public ResultsStreamEndpoint(ResultsFeed feed, Deadlines deadlines) {
    this.feed = feed;
    this.deadlines = deadlines;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response, byte[] body)
      throws InterruptedException {
    response.header(EVENT_STREAM);
    response.header(NO_STORE);
    response.header(UNBUFFERED);
    // When the stream ends the service ends, or the client is too slow: nothing to keep it for.
    response.header(HeaderValues.CONNECTION_CLOSE);
    if (request.prologue().method() == Method.HEAD) {
      response.send();
      return;
    }
    String seen =
        request.headers().contains(LAST_EVENT_ID) ? request.headers().get(LAST_EVENT_ID).get() : "";
    // The request has come, and its answer has no end; from here on each event has its own time.
    deadlines.end();
    feed.streamOpened();
    try (OutputStream out = response.outputStream()) {
      stream(out, seen);
    } catch (IOException | UncheckedIOException e) {
      throw new CloseConnectionException("the client left the stream", e);
    } finally {
      feed.streamClosed();
    }
  }

  private void stream(OutputStream out, String lastSeen) throws IOException, InterruptedException {
    write(out, HELLO);
    String seen = lastSeen;
    for (Snapshot now = feed.snapshot(); now.kind() != Snapshot.Kind.END; now = now.awaitLatest()) {
      RenderedResults results = now.results();
      if (results != null && !results.eventId().equals(seen)) {
        write(out, results.event());
        seen = results.eventId();
      } else if (now.kind() == Snapshot.Kind.HEARTBEAT) {
        write(out, HEARTBEAT);
      }
    }
  }

  private void write(OutputStream out, byte[] bytes) throws IOException {
    deadlines.begin();
    out.write(bytes);
    out.flush();
    if (!deadlines.end()) {
      throw new IOException("the client takes events too slowly");
    }
  }
}
