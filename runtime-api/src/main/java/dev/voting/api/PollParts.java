package dev.voting.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.connections.EventStreams;
import dev.voting.api.http.Client;
import dev.voting.api.http.HttpApi;
import dev.voting.api.poll.CurrentPoll;
import dev.voting.api.poll.DeclaredPoll;
import dev.voting.api.poll.PollEndpoint;
import dev.voting.api.poll.PollFile;
import dev.voting.api.poll.PollGate;
import dev.voting.api.poll.PollMetrics;
import dev.voting.api.poll.PollRenderer;
import dev.voting.api.poll.PollSettings;
import dev.voting.api.poll.RedisClock;
import dev.voting.api.poll.Voters;
import dev.voting.api.results.FeedMetrics;
import dev.voting.api.results.PollResultsEndpoint;
import dev.voting.api.results.ResultsFeed;
import dev.voting.api.results.Rounds;
import dev.voting.api.vote.PollVoteEndpoint;
import dev.voting.api.vote.VoteRequests;
import dev.voting.api.vote.VoteWriter;
import io.helidon.http.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** What a service has more where it asks a poll in place of cats or dogs. */
final class PollParts implements AutoCloseable {
  /** So often at most the same event is rendered for those who come. */
  private static final Duration SAME_EVENT = Duration.ofMillis(100);

  private static final byte[] NO_RESULTS = ": no results yet\n\n".getBytes(US_ASCII);

  private final PollSettings settings;
  private final CurrentPoll current;
  private final PollGate gate;
  private final PollRenderer renderer;
  private final PollFile file;
  private final Rounds rounds = new Rounds();
  private String announced = "";
  private boolean closed;

  PollParts(PollSettings settings, PollMetrics metrics, Clock clock) {
    this.settings = settings;
    this.current = new CurrentPoll(new RedisClock(clock));
    this.gate = new PollGate(current, metrics);
    this.renderer = new PollRenderer(current);
    this.file = new PollFile(settings.file(), current);
  }

  PollGate gate() {
    return gate;
  }

  ResultsFeed feed(
      DataSource database, EventStreams streams, FeedMetrics metrics, Duration heartbeat) {
    return ResultsFeed.of(database, streams, metrics, heartbeat, rounds, current);
  }

  /** Has streams begin with the poll, and receive each change of it. */
  void announceTo(EventStreams streams) {
    current.onChange(() -> announce(streams));
  }

  private synchronized void announce(EventStreams streams) {
    if (closed) {
      return;
    }
    streams.announce(new EventStreams.Announcement(new RecentEvent(renderer)));
    String round = current.get().map(DeclaredPoll::round).orElseThrow();
    if (!round.equals(announced)) {
      // Whoever comes before there are results of this round must not receive those of another.
      streams.send(new EventStreams.Message("", NO_RESULTS));
      announced = round;
    }
  }

  void routes(HttpApi api, VoteWriter writer, VoteRequests votes, ResultsFeed feed, Client client) {
    Voters voters = new Voters(settings.ballotKey(), client);
    api.on(Method.POST, "/api/vote", new PollVoteEndpoint(writer, votes, voters, gate))
        .on(Method.GET, "/api/poll", new PollEndpoint(renderer))
        .on(Method.GET, "/api/results", PollResultsEndpoint.json(feed, rounds, current))
        .on(Method.GET, "/api/results.csv", PollResultsEndpoint.csv(feed, rounds, current));
  }

  boolean isKnown() {
    return current.get().isPresent();
  }

  void start() {
    file.start();
  }

  /** Nothing is announced from now on. */
  @Override
  public synchronized void close() {
    closed = true;
    file.close();
  }

  /** The event of a poll, rendered again when it is no longer recent. Used by one thread. */
  private static final class RecentEvent implements Supplier<byte[]> {
    private final PollRenderer renderer;
    private byte[] event;
    private long renderedAt;

    RecentEvent(PollRenderer renderer) {
      this.renderer = renderer;
    }

    @Override
    public byte[] get() {
      long now = System.nanoTime();
      if (event == null || now - renderedAt > SAME_EVENT.toNanos()) {
        event = renderer.event().orElseThrow();
        renderedAt = now;
      }
      return event;
    }
  }
}
