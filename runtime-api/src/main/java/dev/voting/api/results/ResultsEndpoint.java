package dev.voting.api.results;

import dev.voting.api.http.Endpoint;
import dev.voting.api.http.Problem;
import dev.voting.api.http.Replies;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;

/**
 * {@code GET /api/results}, from memory. While PostgreSQL is away the last known results are
 * answered, and say how old they are.
 */
public final class ResultsEndpoint implements Endpoint {
  private static final Header CACHE =
      HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "public, max-age=2");
  private static final HeaderName WARNING = HeaderNames.create("Warning");
  private static final Header STALE =
      HeaderValues.createCached(WARNING, "110 - \"Response is Stale\"");

  private final ResultsFeed feed;

  public ResultsEndpoint(ResultsFeed feed) {
    this.feed = feed;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response, byte[] body) {
    ResultsFeed.Latest latest = feed.latest().orElseThrow(this::none);
    response.header(Replies.JSON);
    response.header(CACHE);
    if (feed.problem().isPresent()) {
      response.header(
          HeaderValues.create(HeaderNames.AGE, Long.toString(latest.age().toSeconds())));
      response.header(STALE);
    }
    Replies.send(request, response, latest.results().json());
  }

  private Problem none() {
    return Problem.unavailable(
        "there are no results yet: the database has not answered", Duration.ofSeconds(1));
  }
}
