package dev.voting.api.results;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.voting.api.connections.EventStreams;
import java.time.Instant;
import java.util.Optional;

/** The clients of the results stream. */
record StreamAudience(EventStreams streams) implements Audience {

  @Override
  public void changed(RenderedResults results) {
    streams.send(new EventStreams.Message(results.eventId(), results.event()));
  }

  /** Confirms the results as of an instant, which a page cannot know by itself. */
  @Override
  public void unchanged(Optional<Instant> at) {
    String event =
        at.map(instant -> "event: fresh\ndata: {\"at\":\"" + instant + "\"}\n\n")
            .orElse(": no results yet\n\n");
    streams.mention(event.getBytes(US_ASCII));
  }

  @Override
  public int size() {
    return streams.size();
  }
}
