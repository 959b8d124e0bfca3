package dev.voting.api.vote;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.connections.Connection;
import dev.voting.api.http.Endpoint;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.http.Replies;
import dev.voting.api.poll.DeclaredPoll;
import dev.voting.api.poll.PollDefinition;
import dev.voting.api.poll.PollEndpoint;
import dev.voting.api.poll.PollGate;
import dev.voting.api.poll.PollGate.Refusal;
import dev.voting.api.poll.Voters;
import dev.voting.api.poll.Voters.Voter;
import dev.voting.runtime.PollVote;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * {@code POST /api/vote} of a poll: 201 (or 202, where only a voter's first ballot counts) if and
 * only if the vote counts.
 */
public final class PollVoteEndpoint implements Endpoint {
  private static final HeaderName POLL_ROUND = HeaderNames.create("Poll-Round");
  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /** No round's name. */
  private static final String ELSEWHERE = "?";

  private final VoteWriter writer;
  private final VoteRequests votes;
  private final Voters voters;
  private final PollGate gate;

  public PollVoteEndpoint(VoteWriter writer, VoteRequests votes, Voters voters, PollGate gate) {
    this.writer = writer;
    this.votes = votes;
    this.voters = voters;
    this.gate = gate;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response)
      throws InterruptedException, IOException {
    String option = VoteBody.text(request);
    Connection.current().received();
    Optional<String> round = round(request);
    Optional<String> requestId = VoteRequests.idempotencyKey(request);
    DeclaredPoll poll = poll();
    Optional<Voter> voter = voters.of(poll.definition(), request, requestId);
    boolean elsewhere = round.isPresent() && !round.get().equals(poll.round());
    VoteOutcome outcome = write(request, option, elsewhere ? ELSEWHERE : poll.round(), voter);
    if (elsewhere && round.get().equals(poll().round())) {
      // Asking has brought the round that the client knew of already.
      poll = poll();
      voter = voters.of(poll.definition(), request, requestId);
      outcome = write(request, option, poll.round(), voter);
    }
    answer(response, option, poll.definition(), voter, outcome, requestId.isPresent());
  }

  private DeclaredPoll poll() {
    return gate.current().get().orElseThrow(PollEndpoint::unknown);
  }

  private VoteOutcome write(
      ServerRequest request, String option, String round, Optional<Voter> voter)
      throws InterruptedException {
    PollVote vote =
        new PollVote(
            round, OptionalLong.empty(), OptionalLong.empty(), voter.map(Voter::pseudonym));
    return writer.write(votes.event(request, option, Optional.of(vote)));
  }

  private void answer(
      ServerResponse response,
      String option,
      PollDefinition poll,
      Optional<Voter> voter,
      VoteOutcome outcome,
      boolean hasKey) {
    switch (outcome) {
      case VoteOutcome.Recorded recorded -> {
        boolean first = poll.ballots().personal() && !poll.ballots().changeable();
        response.status(first ? Status.ACCEPTED_202 : Status.CREATED_201);
        response.header(Replies.JSON);
        response.header(Replies.NO_STORE);
        voter.flatMap(Voter::cookie).ifPresent(response::header);
        response.send(
            body(
                first ? "Ballot received; the first one of each voter counts" : "Vote recorded",
                option,
                recorded.streamId()));
      }
      case VoteOutcome.NotTaken refused -> throw problem(refused.why(), option, hasKey);
      case VoteOutcome failed -> {
        HttpProblem problem = VoteRequests.problem(failed);
        // It may count, and then the next one is this voter's too.
        throw voter.flatMap(Voter::cookie).map(problem::with).orElse(problem);
      }
    }
  }

  /** An option that was taken is a key of the poll, so nothing needs to be escaped. */
  private static byte[] body(String message, String option, String streamId) {
    return ("{\"message\":\""
            + message
            + "\",\"option\":\""
            + option
            + "\",\"stream_id\":\""
            + streamId
            + "\"}")
        .getBytes(US_ASCII);
  }

  private HttpProblem problem(Refusal why, String option, boolean hasKey) {
    return switch (why) {
      case Refusal.NotOpenYet _ ->
          HttpProblem.conflict("NotOpenYet", "the vote was not counted: the poll is not open yet");
      case Refusal.Closed _ -> {
        gate.metrics().late();
        yield HttpProblem.conflict(
            "Closed",
            "the vote was not counted: the poll is closed"
                + (hasKey ? "; an earlier try with the same Idempotency-Key may count" : ""));
      }
      case Refusal.AnotherRound _ ->
          HttpProblem.conflict(
              "AnotherRound", "the vote was not counted: the poll is in another round now");
      case Refusal.NotOnBallot(List<String> keys) ->
          HttpProblem.invalid(
              VoteBody.OPTION,
              "option is "
                  + (KEY.matcher(option).matches() ? "\"" + option + "\"" : "none of the poll's")
                  + ": vote for "
                  + either(keys));
    };
  }

  private static String either(List<String> keys) {
    int last = keys.size() - 1;
    return last < 1
        ? String.join("", keys)
        : String.join(", ", keys.subList(0, last)) + " or " + keys.get(last);
  }

  private static Optional<String> round(ServerRequest request) {
    if (!request.headers().contains(POLL_ROUND)) {
      return Optional.empty();
    }
    String round = request.headers().get(POLL_ROUND).get().strip();
    if (!PollDefinition.ROUND.matcher(round).matches()) {
      throw HttpProblem.malformed("Poll-Round: use 1 to 40 of a-z, 0-9 and -");
    }
    return Optional.of(round);
  }
}
