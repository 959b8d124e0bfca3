package dev.voting.api.results;

import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.http.Replies;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;

/**
 * {@code GET /api/results}, from memory. While PostgreSQL is unavailable it answers the last known
 * results, with their age.
 */
public final class ResultsEndpoint implements Endpoint {
  private final ResultsFeed feed;
  private final Freshness freshness;

  public ResultsEndpoint(ResultsFeed feed) {
    this.feed = feed;
    this.freshness = new Freshness(feed, ", stale-while-revalidate=30, stale-if-error=86400");
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    ResultsFeed.Latest latest = feed.latest().orElseThrow(ResultsEndpoint::none);
    response.header(Replies.JSON);
    freshness.add(response, latest.age());
    Replies.send(request, response, latest.results().json());
  }

  static HttpProblem none() {
    return HttpProblem.unavailable(
        "there are no results yet: the database has not answered", Duration.ofSeconds(1));
  }
}
