package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.connections.Connection;
import dev.voting.api.connections.EventStreams;
import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpProblem;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * {@code GET /api/results/stream}: server-sent events, one for the current results and one for each
 * change, of several changes at once only the last. A client that reconnects with the id of the
 * last event that it saw gets no event until something has changed.
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

  /**
   * After how many milliseconds a client reconnects when its stream has ended: random, as there may
   * be very many.
   */
  private static final int RETRY_LEAST = 1_000;

  private static final int RETRY_MOST = 10_000;

  /** After how many seconds a client without a stream may ask for one again. */
  private static final int FULL_LEAST = 10;

  private static final int FULL_MOST = 60;

  private final EventStreams streams;

  public ResultsStreamEndpoint(EventStreams streams) {
    this.streams = streams;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) throws IOException {
    if (request.prologue().method() == Method.HEAD) {
      headers(response);
      response.send();
      return;
    }
    if (!streams.reserve()) {
      throw HttpProblem.unavailable(
          "too many streams: poll /api/results instead",
          Duration.ofSeconds(between(FULL_LEAST, FULL_MOST)));
    }
    try {
      headers(response);
      // Neither flushed nor closed by Helidon: EventStreams takes the connection over.
      OutputStream out = response.outputStream();
      out.write(("retry: " + between(RETRY_LEAST, RETRY_MOST) + "\n\n").getBytes(US_ASCII));
      out.flush();
    } catch (IOException | RuntimeException e) {
      streams.release();
      throw e;
    }
    String seen =
        request.headers().contains(LAST_EVENT_ID) ? request.headers().get(LAST_EVENT_ID).get() : "";
    throw Connection.current().handOver(channel -> streams.add(channel, seen), streams::release);
  }

  private static void headers(ServerResponse response) {
    response.header(EVENT_STREAM);
    response.header(NO_STORE);
    response.header(UNBUFFERED);
    response.header(HeaderValues.CONNECTION_CLOSE);
  }

  private static int between(int least, int most) {
    return ThreadLocalRandom.current().nextInt(least, most + 1);
  }
}
