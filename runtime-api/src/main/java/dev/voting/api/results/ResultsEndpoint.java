package dev.voting.api.results;

import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.http.Replies;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;

/**
 * {@code GET /api/results}, from memory. While PostgreSQL is unavailable it answers the last known
 * results, with their age.
 */
public final class ResultsEndpoint implements Endpoint {
  /** For how many seconds a cache may answer by itself. */
  private static final int FRESH = 2;

  /** And longer, while it revalidates, or gets no answer. */
  private static final String STALE_TOO = ", stale-while-revalidate=30, stale-if-error=86400";

  private static final Header CACHE = cacheFor(FRESH);
  private static final HeaderName WARNING = HeaderNames.create("Warning");
  private static final Header STALE =
      HeaderValues.createCached(WARNING, "110 - \"Response is Stale\"");

  private final ResultsFeed feed;

  public ResultsEndpoint(ResultsFeed feed) {
    this.feed = feed;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    ResultsFeed.Latest latest = feed.latest().orElseThrow(this::none);
    response.header(Replies.JSON);
    if (feed.problem().isEmpty()) {
      response.header(CACHE);
    } else {
      long age = latest.age().toSeconds();
      response.header(HeaderValues.create(HeaderNames.AGE, Long.toString(age)));
      // A cache subtracts the age: with less, it would forward every request just when there is
      // nothing new.
      response.header(cacheFor(age + FRESH));
      response.header(STALE);
    }
    Replies.send(request, response, latest.results().json());
  }

  private static Header cacheFor(long seconds) {
    return HeaderValues.createCached(
        HeaderNames.CACHE_CONTROL, "public, max-age=" + seconds + STALE_TOO);
  }

  private HttpProblem none() {
    return HttpProblem.unavailable(
        "there are no results yet: the database has not answered", Duration.ofSeconds(1));
  }
}
