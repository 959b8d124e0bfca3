package dev.voting.api.results;

import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.http.Replies;
import dev.voting.api.poll.CurrentPoll;
import dev.voting.api.poll.DeclaredPoll;
import dev.voting.api.poll.PollDefinition;
import dev.voting.api.poll.PollEndpoint;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/**
 * {@code GET /api/results} and {@code /api/results.csv} of a poll: of the round in force, or of the
 * one that {@code ?round=} names.
 */
public final class PollResultsEndpoint implements Endpoint {
  private static final HeaderName POLL_ROUND = HeaderNames.create("Poll-Round");
  private static final Header CSV =
      HeaderValues.createCached(
          HeaderNames.CONTENT_TYPE, "text/csv; charset=utf-8; header=present");
  private static final String ROUND = "round";

  private final ResultsFeed feed;
  private final Rounds rounds;
  private final CurrentPoll current;
  private final Freshness freshness;
  private final boolean csv;

  private PollResultsEndpoint(ResultsFeed feed, Rounds rounds, CurrentPoll current, boolean csv) {
    this.feed = feed;
    this.rounds = rounds;
    this.current = current;
    this.csv = csv;
    // Nothing else: the results of a round must not be answered for those of the next.
    this.freshness = new Freshness(feed, ", stale-if-error=86400");
  }

  public static PollResultsEndpoint json(ResultsFeed feed, Rounds rounds, CurrentPoll current) {
    return new PollResultsEndpoint(feed, rounds, current, false);
  }

  public static PollResultsEndpoint csv(ResultsFeed feed, Rounds rounds, CurrentPoll current) {
    return new PollResultsEndpoint(feed, rounds, current, true);
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    RenderedResults chosen = chosen(request);
    String round = chosen.results().round();
    freshness.add(response, feed.latest().orElseThrow(ResultsEndpoint::none).age());
    response.header(HeaderValues.create(POLL_ROUND, round));
    if (csv) {
      response.header(CSV);
      response.header(
          HeaderValues.create(
              HeaderNames.CONTENT_DISPOSITION,
              "attachment; filename=\"results-" + round + ".csv\""));
      Replies.send(request, response, ResultsCsv.of(chosen.results()));
    } else {
      response.header(Replies.JSON);
      Replies.send(request, response, chosen.json());
    }
  }

  private RenderedResults chosen(ServerRequest request) {
    if (!request.query().contains(ROUND)) {
      String round = current.get().map(DeclaredPoll::round).orElseThrow(PollEndpoint::unknown);
      return rounds.of(round).orElseThrow(ResultsEndpoint::none);
    }
    List<String> asked = request.query().all(ROUND);
    if (asked.size() != 1 || !PollDefinition.ROUND.matcher(asked.getFirst()).matches()) {
      throw HttpProblem.malformed("round: name one, of 1 to 40 of a-z, 0-9 and -");
    }
    return rounds
        .of(asked.getFirst())
        .orElseThrow(
            () ->
                rounds.isEmpty()
                    ? ResultsEndpoint.none()
                    : HttpProblem.of(Status.NOT_FOUND_404, "there is no such round"));
  }
}
