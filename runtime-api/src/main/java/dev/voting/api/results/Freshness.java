package dev.voting.api.results;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;

/** How long a cache may answer results by itself. */
final class Freshness {
  /** For how many seconds it may. */
  private static final int FRESH = 2;

  private static final HeaderName WARNING = HeaderNames.create("Warning");
  private static final Header STALE =
      HeaderValues.createCached(WARNING, "110 - \"Response is Stale\"");

  private final ResultsFeed feed;
  private final String staleToo;
  private final Header cache;

  /**
   * @param staleToo and longer, while it revalidates, or gets no answer
   */
  Freshness(ResultsFeed feed, String staleToo) {
    this.feed = feed;
    this.staleToo = staleToo;
    this.cache = cacheFor(FRESH);
  }

  /** Adds the headers to an answer of results that were last known to be current so long ago. */
  void add(ServerResponse response, Duration since) {
    if (feed.problem().isEmpty()) {
      response.header(cache);
    } else {
      long age = since.toSeconds();
      response.header(HeaderValues.create(HeaderNames.AGE, Long.toString(age)));
      // A cache subtracts the age: with less, it would forward every request just when there is
      // nothing new.
      response.header(cacheFor(age + FRESH));
      response.header(STALE);
    }
  }

  private Header cacheFor(long seconds) {
    return HeaderValues.createCached(
        HeaderNames.CACHE_CONTROL, "public, max-age=" + seconds + staleToo);
  }
}
